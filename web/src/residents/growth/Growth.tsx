//! Growth of a small child: weight, height and head over the curves of the WHO standard.

import { Segmented } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Observation, Patient } from "../../fhir/types";
import { Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { today } from "../../words/when";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import type { Sex } from "./lms";
import { MEASURES, monthsBetween, SHOWN_MONTHS } from "./measures";

const GrowthChart = lazy(() => import("./GrowthChart"));

/** Whether this resident has a growth chart: a small child whose sex the standard knows. */
export function growsUp({ birthDate, gender, deceasedDateTime, deceasedBoolean }: Patient): boolean {
  const lives = deceasedDateTime === undefined && deceasedBoolean !== true;
  return lives && (gender === "male" || gender === "female") && birthDate?.length === 10 && monthsBetween(birthDate, today()) < SHOWN_MONTHS;
}

export function Growth({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const section = useSection<Observation>("growth", growsUp(person));
  const [given, choose] = useUrlParam("growth");
  if (!growsUp(person)) return null;
  const measure = MEASURES.find((one) => one === given) ?? "weight";
  const birth = person.birthDate ?? "";
  return (
    <SectionCard
      id="growth"
      title={t("record.sections.growth")}
      sections={[section]}
      empty={t("record.growth.none")}
      count={0}
      lines={8}
      extra={
        section.items.length > 0 && (
          <Segmented
            size="small"
            aria-label={t("record.sections.growth")}
            value={measure}
            onChange={(value) => choose(value === "weight" ? undefined : value)}
            options={MEASURES.map((value) => ({ value, label: t(`record.growth.${value}`) }))}
          />
        )
      }
    >
      {() => (
        <Suspense fallback={<Skeleton lines={8} />}>
          <GrowthChart observations={section.items} measure={measure} birth={birth} sex={person.gender as Sex} months={monthsBetween(birth, today())} />
        </Suspense>
      )}
    </SectionCard>
  );
}
