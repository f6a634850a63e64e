//! The record as a summary on A4: what a colleague elsewhere needs in the hand. The head is the head of one long table, so
//! that the browser repeats it on every sheet: whose record this is, and when and by whom it was printed.

import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../../fhir/concept";
import { institutionCode } from "../../fhir/institution";
import type { AllergyIntolerance, Condition, Encounter, Immunization, MedicationRequest, MedicationStatement, Observation, Patient, Resource } from "../../fhir/types";
import { useInstitutions } from "../../parts/institutions";
import { lastDay, useAgeWord, useSexWord } from "../../parts/PersonWords";
import { useSession } from "../../session/session";
import { briefName } from "../../words/brief";
import { maskIdentity } from "../../words/mask";
import { identityNumber, isSynthetic, nameOf } from "../../words/patient";
import { shortName } from "../../words/shortname";
import { day, newestFirst, when } from "../../words/when";
import { allergiesIn, isCurrent } from "../allergies/order";
import { coursesIn, doseWords } from "../medicines/courses";
import { problemsIn } from "../problems/groups";
import { useSection } from "../record/useSection";
import { rangeWords } from "../results/point";
import { byUrgency, isAbnormal, nameOfSeries, seriesIn } from "../results/series";
import { Value } from "../results/Value";
import { useVisitReason } from "../timeline/useVisitReason";
import { byYear, kindOf } from "../timeline/visits";
import { tilesIn } from "../vitals/tiles";
import { Part, type PartRow } from "./Part";
import css from "./print.module.css";
import { usePaper } from "./usePaper";

/** Enough for a handover; the whole record stays on the screen. */
const MOST = { results: 40, visits: 15, vaccinations: 20 };

export function Sheet({ person }: { person: Patient }) {
  // Outside of the page's frame, so that nothing of the frame is on the paper.
  return usePaper() ? createPortal(<Paper person={person} />, document.body) : null;
}

function Paper({ person }: { person: Patient }) {
  const { t, i18n } = useTranslation();
  const { user } = useSession();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  return (
    <table className={css["paper"]} id="paper">
      <thead>
        <tr>
          <td>
            <div className={css["head"]}>
              <span className={css["name"]}>{nameOf(person)}</span>
              <span>
                {sexWord(person.gender)} {ageWord(person.birthDate, lastDay(person))}
              </span>
              <span>
                {t("record.banner.born")} {person.birthDate}
              </span>
              <span>
                {t("record.banner.identity")} {maskIdentity(identityNumber(person) ?? "") || t("common.notGiven")}
              </span>
              <span className={css["by"]}>
                {isSynthetic(person) && <b>{t("record.banner.synthetic")} · </b>}
                {t("record.print.by", { name: user.display, time: when(new Date().toISOString()) })}
              </span>
            </div>
          </td>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>
            <h1 className={css["title"]}>{t("record.print.title")}</h1>
            <Parts language={i18n.language} />
            <p className={css["note"]}>{t("record.print.note")}</p>
          </td>
        </tr>
      </tbody>
    </table>
  );
}

function Parts({ language }: { language: string }) {
  const { t } = useTranslation();
  const institution = useInstitutions();
  const reasonOf = useVisitReason();
  const allergies = useSection<AllergyIntolerance>("allergies");
  const conditions = useSection<Condition>("conditions");
  const requests = useSection<MedicationRequest>("requests");
  const statements = useSection<MedicationStatement>("statements");
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const encounters = useSection<Encounter>("encounters");
  const immunizations = useSection<Immunization>("immunizations");
  const from = (resource: Resource | undefined) => (resource ? shortName(institution(institutionCode(resource)).name) : "");
  const sources = (resources: readonly Resource[]) => [...new Set(resources.map(from))].join(t("common.comma"));

  const allergyRows = allergiesIn(allergies.items.filter(isCurrent)).map(
    ({ key, records, danger }): PartRow => ({ key, strong: danger === "high", cells: [wordsOf(records[0]?.code, language), t(`record.allergies.${danger}`), sources(records)] }),
  );
  const problemRows = problemsIn(conditions.items)
    .filter(({ active }) => active)
    .map(({ key, conditions: all, since }): PartRow => ({ key, cells: [wordsOf(all[0]?.code, language), day(since), sources(all)] }));
  const courses = coursesIn(requests.items, statements.items, [...requests.included, ...statements.included]).filter(({ current }) => current);
  const medicineRows = courses.map(
    ({ resource, medicine, dosage, start }): PartRow => ({
      key: resource.id ?? "",
      cells: [wordsOf(medicine, language), doseWords(dosage, language) || t("record.medicines.noDose"), day(start), from(resource)],
    }),
  );
  const vitalRows = tilesIn(vitals.items, language).map(
    ({ series, with: partner }): PartRow => ({
      key: series.key,
      cells: [
        partner ? t("record.vitals.pressure") : briefName(nameOfSeries(series, language)),
        `${series.latest.text}${partner ? `/${partner.text}` : ""} ${series.latest.unit}`,
        day(series.latest.date),
        from(series.latest.observation),
      ],
    }),
  );
  const resultRows = byUrgency(seriesIn(labs.items, language))
    .slice(0, MOST.results)
    .map((series): PartRow => {
      const { latest } = series;
      return {
        key: series.key,
        strong: isAbnormal(latest.flag),
        cells: [
          briefName(nameOfSeries(series, language)),
          <Value key="value" point={latest} />,
          latest.unit,
          rangeWords(latest.observation.referenceRange?.[0]),
          day(latest.date),
          from(latest.observation),
        ],
      };
    });
  const visitRows = byYear(encounters.items)
    .flatMap(({ visits }) => visits)
    .slice(0, MOST.visits)
    .map(
      (visit): PartRow => ({
        key: visit.id ?? "",
        cells: [day(visit.period?.start), t(`record.timeline.class.${kindOf(visit)}`), wordsOf(visit.serviceType, language), reasonOf(visit), from(visit)],
      }),
    );
  const doseRows = newestFirst(
    immunizations.items.filter(({ status }) => status === "completed"),
    ({ occurrenceDateTime }) => occurrenceDateTime,
  )
    .slice(0, MOST.vaccinations)
    .map((one): PartRow => ({ key: one.id ?? "", cells: [wordsOf(one.vaccineCode, language), day(one.occurrenceDateTime), from(one)] }));

  return (
    <>
      <Part title={t("record.sections.allergies")} section={allergies} rows={allergyRows} empty={t("record.allergies.none")} />
      <Part title={t("record.sections.problems")} section={conditions} rows={problemRows} empty={t("record.problems.none")} />
      <Part title={t("record.sections.medicines")} section={requests} rows={medicineRows} empty={t("record.medicines.noCurrent")} />
      <Part title={t("record.sections.vitals")} section={vitals} rows={vitalRows} empty={t("record.vitals.none")} />
      <Part title={t("record.sections.results")} section={labs} rows={resultRows} empty={t("record.results.none")} />
      <Part title={t("record.print.visits")} section={encounters} rows={visitRows} empty={t("record.timeline.none")} />
      {doseRows.length > 0 && <Part title={t("record.sections.vaccinations")} section={immunizations} rows={doseRows} empty="" />}
    </>
  );
}
