//! One person's looks of one day.

import { useTranslation } from "react-i18next";
import { useInstitutions } from "../../parts/institutions";
import { Tick } from "../../parts/Tick";
import { useSession } from "../../session/session";
import { shortName } from "../../words/shortname";
import { when } from "../../words/when";
import type { Look } from "./looks";
import css from "./looks.module.css";

const ROLES = ["doctor", "nurse", "operator", "system", "device", "resident"] as const;

export function LookRow({ look }: { look: Look }) {
  const { t } = useTranslation();
  const { user } = useSession();
  const { name } = useInstitutions()(look.institution);
  const mine = look.username === user.username || (look.username === "" && look.who === user.display);
  const role = ROLES.find((one) => one === look.role);
  const acts = look.acts.map((act) => t(`record.looks.${act}`)).join(t("common.comma"));
  return (
    <li className={css["look"]}>
      <span className={css["who"]}>
        <b>{look.who || look.username || t("common.unknown")}</b>
        {role && <span className="meta">{t(`common.role.${role}`)}</span>}
        {mine && <span className={css["you"]}>{t("record.looks.you")}</span>}
        <span className={css["time"]}>{when(look.latest).slice(5)}</span>
      </span>
      <span className={css["where"]}>
        {look.institution && <Tick code={look.institution} />} <span className={css["place"]} data-tip={name}>
          {shortName(name)}
        </span>
        <span className={css["acts"]}>
          {acts} {look.times > 1 && t("record.looks.times", { n: look.times })}
        </span>
      </span>
    </li>
  );
}
