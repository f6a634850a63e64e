//! The right rail: what just arrived, where the record comes from, who looked.

import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../fhir/types";
import { setPrefs, usePrefs } from "../../shell/prefs";
import { Arrived } from "../live/Arrived";
import { Looks } from "../looks/Looks";
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
        <Arrived />
        <Sources person={person} />
        <Looks ready={person !== undefined} />
      </div>
    </aside>
  );
}
