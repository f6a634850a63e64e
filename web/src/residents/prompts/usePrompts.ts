//! Gathers what the rules ask for, once every part that they read is here: a prompt drawn from half a record would lie.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { codingIn, wordsOf } from "../../fhir/concept";
import { institutionCode } from "../../fhir/institution";
import type { AllergyIntolerance, Concept, Condition, Encounter, Immunization, Observation, Patient } from "../../fhir/types";
import { useSession } from "../../session/session";
import { ageAt } from "../../words/age";
import { briefName } from "../../words/brief";
import { moment, newestFirst, today } from "../../words/when";
import { monthsBetween, SHOWN_MONTHS } from "../growth/measures";
import { useOrders } from "../orders/useOrders";
import { chronicOf } from "../problems/chronic";
import { useSection } from "../record/useSection";
import { timeOf } from "../results/point";
import { nameOfSeries, seriesIn } from "../results/series";
import { countDue, scheduleOf } from "../vaccinations/schedule";
import { ELSEWHERE_DAYS, type Prompt, promptsFor } from "./rules";

const ICD10 = "http://hl7.org/fhir/sid/icd-10";

/** A general examination by its ICD-10 block, or by its name. */
function isCheckup(concept: Concept): boolean {
  return codingIn(concept, ICD10)?.code?.startsWith("Z00") === true || /体检|check-?up/i.test(wordsOf(concept, "zh"));
}

export function usePrompts(person: Patient | undefined): { prompts: Prompt[]; reading: boolean; cause: unknown; retry: () => void } {
  const { i18n } = useTranslation();
  const { user } = useSession();
  const conditions = useSection<Condition>("conditions");
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const encounters = useSection<Encounter>("encounters");
  const allergies = useSection<AllergyIntolerance>("allergies");
  const immunizations = useSection<Immunization>("immunizations");
  const { section: requests, orders } = useOrders();
  const sections = [conditions, labs, vitals, encounters, allergies, immunizations, requests];
  const failed = sections.find(({ cause }) => cause);
  const reading = !person || sections.some((one) => one.reading);
  const base = { reading, cause: failed?.cause, retry: () => sections.forEach(({ retry }) => retry()) };
  const dead = person?.deceasedDateTime !== undefined || person?.deceasedBoolean === true;
  const ready = !reading && !failed && !dead;
  const series = useMemo(() => (ready ? seriesIn([...labs.items, ...vitals.items], i18n.language) : []), [ready, labs.items, vitals.items, i18n.language]);
  const checkup = useMemo(() => lastCheckup(encounters.items, conditions.items), [encounters.items, conditions.items]);
  if (!ready) return { ...base, prompts: [] };

  const now = Date.now();
  const { birthDate } = person;
  const months = birthDate ? monthsBetween(birthDate, today()) : Number.NaN;
  const age = ageAt(birthDate, today());
  const recent = labs.items.filter((one) => now - moment(timeOf(one)) < ELSEWHERE_DAYS * 86_400_000);
  const prompts = promptsFor({
    now,
    years: age?.unit === "year" ? age.n : age && 0,
    chronic: chronicOf(conditions.items),
    series,
    nameOf: (one) => briefName(nameOfSeries(one, i18n.language)),
    lastCheckup: checkup,
    lateOrders: orders.filter(({ state }) => state === "late").length,
    vaccinesDue: months < SHOWN_MONTHS ? countDue(scheduleOf(immunizations.items, months)) : 0,
    allergiesKnown: allergies.items.length > 0,
    elsewhere: recent.filter((one) => institutionCode(one) !== user.institution.code).length,
  });
  return { ...base, prompts };
}

function lastCheckup(encounters: readonly Encounter[], conditions: readonly Condition[]): string | undefined {
  const visits = encounters.filter(({ reasonCode, type, serviceType }) => [...(reasonCode ?? []), ...(type ?? []), serviceType ?? {}].some(isCheckup));
  const diagnoses = conditions.filter(({ code }) => isCheckup(code ?? {}));
  const dates = [...visits.map(({ period }) => period?.start), ...diagnoses.map(({ recordedDate, onsetDateTime }) => recordedDate ?? onsetDateTime)];
  return newestFirst(dates, (date) => date)[0];
}
