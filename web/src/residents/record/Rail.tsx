//! The right rail: what to mind, what is open, what just arrived, who looked, where the record comes from.

import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../fhir/types";
import { setPrefs, usePrefs } from "../../shell/prefs";
import { Arrived } from "../live/Arrived";
import { Looks } from "../looks/Looks";
import { Loops } from "../orders/Loops";
import { Prompts } from "../prompts/Prompts";
import { Sources } from "../sources/Sources";
import css from "./record.module.css";

export function Rail({ person }: { person: Patient | undefined }) {
  const { t } = useTranslation();
  const { railOpen } = usePrefs();
  const word = railOpen ? t("record.view.railHide") : t("record.view.railShow");
  return (
    <aside className={css["rail"]} data-open={railOpen} aria-label={t("shell.rail")}>
      <button
        type="button"
        className={css["railFold"]}
        aria-expanded={railOpen}
        aria-label={word}
        data-tip={word}
        onClick={() => setPrefs({ railOpen: !railOpen })}
      >
        {railOpen ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
      </button>
      <div className={css["railBody"]}>
        <Prompts person={person} />
        <Loops />
        <Arrived />
        <Looks ready={person !== undefined} />
        <Sources person={person} />
      </div>
    </aside>
  );
}
