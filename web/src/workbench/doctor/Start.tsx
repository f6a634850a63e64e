//! A doctor's start: one box, and the residents opened lately.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { Card } from "../../parts/Card";
import { useAgeWord, useSexWord } from "../../parts/PersonWords";
import { Empty } from "../../parts/states";
import { SearchBox } from "../../residents/search/SearchBox";
import { useOpened } from "../../shell/opened";
import css from "./start.module.css";

export default function Start() {
  const { t } = useTranslation();
  const go = useNavigate();
  const [typed, setTyped] = useState("");
  const opened = useOpened();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  return (
    <div className={css["page"]}>
      <h1 className={css["title"]}>{t("search.title")}</h1>
      <SearchBox
        value={typed}
        onChange={setTyped}
        onSubmit={() => typed.trim() && void go(`/residents?q=${encodeURIComponent(typed.trim())}`)}
      />
      <p className="meta">{t("search.beginHelp")}</p>
      <Card title={t("search.recent")}>
        {opened.length === 0 ? (
          <Empty title={t("search.recentNone")} help={t("search.recentHelp")} />
        ) : (
          <ul className={css["recent"]}>
            {[...opened].reverse().map(({ id, name, gender, birthDate }) => (
              <li key={id}>
                <Link to={`/residents/${id}`} className={css["person"]}>
                  <b>{name}</b>
                  <span>
                    {sexWord(gender)} {ageWord(birthDate)}
                  </span>
                  <span className={css["born"]}>{birthDate}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}
