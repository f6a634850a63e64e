//! Medicines as courses: what is taken now, and what was, with dose, start and who ordered it.

import { wordsOf } from "../../fhir/concept";
import { digitsOf } from "../../fhir/digits";
import type {
  Concept,
  Dosage,
  Medication,
  MedicationRequest,
  MedicationStatement,
  Reference,
  Resource,
} from "../../fhir/types";
import { newestFirst } from "../../words/when";

export interface Course {
  resource: MedicationRequest | MedicationStatement;
  medicine: Concept;
  dosage: Dosage | undefined;
  start: string | undefined;
  by: string;
  status: string;
  current: boolean;
  stated: boolean;
}

const CURRENT = new Set(["active", "on-hold", "intended"]);
const VOID = new Set(["entered-in-error", "draft", "not-taken"]);

type HasMedicine = { medicationCodeableConcept?: Concept; medicationReference?: Reference };

function medicineOf(holder: HasMedicine, included: readonly Resource[]): Concept {
  if (holder.medicationCodeableConcept) return holder.medicationCodeableConcept;
  const { reference = "", display } = holder.medicationReference ?? {};
  const found = included.find((one): one is Medication => `Medication/${one.id ?? ""}` === reference);
  return found?.code ?? { text: display ?? reference };
}

export function coursesIn(
  requests: readonly MedicationRequest[],
  statements: readonly MedicationStatement[],
  included: readonly Resource[],
): Course[] {
  const ordered = requests.map((request): Course => {
    const status = request.status ?? "unknown";
    return {
      resource: request,
      medicine: medicineOf(request, included),
      dosage: request.dosageInstruction?.[0],
      start: request.authoredOn,
      by: request.requester?.display ?? "",
      status,
      current: CURRENT.has(status),
      stated: false,
    };
  });
  const stated = statements.map((statement): Course => {
    const status = statement.status ?? "unknown";
    return {
      resource: statement,
      medicine: medicineOf(statement, included),
      dosage: statement.dosage?.[0],
      start: statement.effectivePeriod?.start ?? statement.effectiveDateTime ?? statement.dateAsserted,
      by: statement.informationSource?.display ?? "",
      status,
      current: CURRENT.has(status),
      stated: true,
    };
  });
  return newestFirst(
    [...ordered, ...stated].filter(({ status }) => !VOID.has(status)),
    ({ start }) => start,
  );
}

/** The dose in words: the sender's text, else the amount with route and frequency. */
export function doseWords(dosage: Dosage | undefined, language: string): string {
  if (!dosage) return "";
  if (dosage.text) return dosage.text;
  const amount = dosage.doseAndRate?.[0]?.doseQuantity;
  const { frequency, period, periodUnit } = dosage.timing?.repeat ?? {};
  return [
    amount ? `${digitsOf(amount, "value") ?? ""} ${amount.unit ?? ""}`.trim() : "",
    wordsOf(dosage.route, language),
    wordsOf(dosage.timing?.code, language) || (frequency ? `${frequency}×/${period ?? 1}${periodUnit ?? ""}` : ""),
  ]
    .filter(Boolean)
    .join(" · ");
}
