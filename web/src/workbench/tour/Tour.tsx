//! The tour for a newcomer: four claims, each with a button that puts it to the test, and what is not built yet.

import { useTranslation } from "react-i18next";
import { Empty, Skeleton } from "../../parts/states";
import { Crash } from "./Crash";
import { Message } from "./Message";
import { OwnLook } from "./OwnLook";
import { Step } from "./Step";
import { WrongPatient } from "./WrongPatient";
import css from "./tour.module.css";
import { useDemo } from "./useDemo";
import { useTourPerson } from "./useTourPerson";

const MISSING = ["modules", "formats", "trust", "matching", "scale", "figures"] as const;

export default function Tour() {
  const { t } = useTranslation();
  const identity = useDemo();
  const person = useTourPerson(identity);
  if (identity === undefined) return <Skeleton lines={6} />;
  if (identity === null) return <Empty big title={t("tour.noDemo")} help={t("tour.noDemoHelp")} />;
  return (
    <div className={css["page"]}>
      <h1 className={css["head"]}>{t("tour.title")}</h1>
      <p className={css["lead"]}>{t("tour.lead")}</p>
      <ol className={css["steps"]}>
        <Message person={person} />
        <Crash />
        <OwnLook person={person} />
        <WrongPatient person={person} />
        <Step nth={5} title={t("tour.missing.title")} says={t("tour.missing.says")}>
          <ul className={css["missing"]}>
            {MISSING.map((one) => (
              <li key={one}>{t(`tour.missing.${one}`)}</li>
            ))}
          </ul>
        </Step>
      </ol>
    </div>
  );
}
