//! Work-area tabs, each bound to one resident by the URL.

import { CloseOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { NavLink, useLocation, useNavigate } from "react-router";
import { useAgeWord, useSexWord } from "../parts/PersonWords";
import { closeTab, pathOf, useOpened } from "./opened";
import css from "./tabs.module.css";

export function Tabs() {
  const { t } = useTranslation();
  const tabs = useOpened().filter(({ tab }) => tab);
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const here = useLocation().pathname;
  const go = useNavigate();
  if (tabs.length === 0) return null;

  const close = (id: string) => {
    const at = tabs.findIndex((tab) => tab.id === id);
    const neighbour = tabs[at + 1] ?? tabs[at - 1];
    closeTab(id);
    if (here === `/residents/${id}`) void go(neighbour ? pathOf(neighbour) : "/residents");
  };

  return (
    <nav className={css["strip"]} aria-label={t("shell.tabs")}>
      {tabs.map((tab) => {
        const { id, name, gender, birthDate, died } = tab;
        return (
          <div key={id} className={css["tab"]} data-here={here === `/residents/${id}`} onAuxClick={(event) => event.button === 1 && close(id)}>
            <NavLink to={pathOf(tab)} className={css["link"] ?? ""}>
              <span className={css["name"]}>{name}</span>
              <span className={css["who"]}>
                {sexWord(gender)} {ageWord(birthDate, died)}
              </span>
            </NavLink>
            <button type="button" className={css["close"]} aria-label={t("shell.closeTab", { name })} onClick={() => close(id)}>
              <CloseOutlined />
            </button>
          </div>
        );
      })}
    </nav>
  );
}
