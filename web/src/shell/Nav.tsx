//! The menu of the workbench: a narrow band of icons with words, or a wider list; a foot bar on a phone.

import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Fragment, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import css from "./nav.module.css";
import { usePages } from "./pages";
import { setPrefs, usePrefs } from "./prefs";

export function Nav() {
  const { t } = useTranslation();
  const { navOpen } = usePrefs();
  const pages = usePages();
  const here = useLocation().pathname;
  const list = useRef<HTMLUListElement>(null);
  // The foot bar of a phone holds more than is seen: where one is comes into view.
  useEffect(() => {
    list.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here, pages.length]);
  return (
    <nav className={css["nav"]} data-open={navOpen} aria-label={t("shell.menu")}>
      <ul ref={list} className={css["list"]}>
        {pages.map(({ path, name, icon: Icon, group }, at) => (
          <Fragment key={path}>
            {group !== pages[at - 1]?.group && (
              <li className={css["group"]} aria-hidden="true">
                {navOpen ? t(`shell.nav.${group}`) : ""}
              </li>
            )}
            <li>
              <NavLink to={path} end={path === "/"} className={css["link"] ?? ""}>
                <span className={css["icon"]}>
                  <Icon />
                </span>
                <span className={css["word"]}>{t(`shell.nav.${name}`)}</span>
              </NavLink>
            </li>
          </Fragment>
        ))}
      </ul>
      <button
        type="button"
        className={css["fold"]}
        aria-expanded={navOpen}
        aria-label={navOpen ? t("shell.collapse") : t("shell.expand")}
        data-tip={navOpen ? t("shell.collapse") : t("shell.expand")}
        onClick={() => setPrefs({ navOpen: !navOpen })}
      >
        {navOpen ? <MenuFoldOutlined /> : <MenuUnfoldOutlined />}
      </button>
    </nav>
  );
}
