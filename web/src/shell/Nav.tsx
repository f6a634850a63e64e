//! The menu of the workbench: a narrow band of icons with words, or a wider list; a foot bar on a phone, which shows as
//! many pages as it has room for, and all of them on request.

import { DownOutlined, EllipsisOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Fragment, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation } from "react-router";
import { barOf } from "./bar";
import css from "./nav.module.css";
import { usePages } from "./pages";
import { setPrefs, usePrefs } from "./prefs";

export function Nav() {
  const { t } = useTranslation();
  const { navOpen } = usePrefs();
  const pages = usePages();
  const here = useLocation().pathname;
  const [all, setAll] = useState(false);
  useEffect(() => setAll(false), [here]);
  const inBar = barOf(
    pages.map(({ path }) => path),
    here,
  );
  return (
    <nav
      className={css["nav"]}
      data-open={navOpen}
      data-all={all}
      aria-label={t("shell.menu")}
      onKeyDown={(event) => event.key === "Escape" && setAll(false)}
    >
      <ul className={css["list"]}>
        {pages.map(({ path, name, icon: Icon, group }, at) => (
          <Fragment key={path}>
            {group !== pages[at - 1]?.group && (
              <li className={css["group"]} aria-hidden="true">
                {navOpen ? t(`shell.nav.${group}`) : ""}
              </li>
            )}
            <li data-bar={inBar.has(path)}>
              <NavLink to={path} end={path === "/"} className={css["link"] ?? ""} onClick={() => setAll(false)}>
                <span className={css["icon"]}>
                  <Icon />
                </span>
                <span className={css["word"]}>{t(`shell.nav.${name}`)}</span>
              </NavLink>
            </li>
          </Fragment>
        ))}
        {inBar.size < pages.length && (
          <li className={css["more"]}>
            <button type="button" className={css["link"]} aria-expanded={all} onClick={() => setAll(!all)}>
              <span className={css["icon"]}>{all ? <DownOutlined /> : <EllipsisOutlined />}</span>
              <span className={css["word"]}>{t(all ? "shell.fewer" : "shell.more")}</span>
            </button>
          </li>
        )}
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
