//! One registration as its institution sent it, with its last visits there.

import { useTranslation } from "react-i18next";
import { Failure, Skeleton } from "../../../parts/states";
import { Source } from "../../../parts/Tick";
import { useAgeWord, useSexWord } from "../../../parts/PersonWords";
import type { Encounter, Patient } from "../../../fhir/types";
import { HEALTH_CARD, IDENTITY_NUMBER, INSURANCE, MRN_PREFIX } from "../../../fhir/systems";
import { kindOf } from "../../../residents/timeline/visits";
import { when } from "../../../words/when";
import css from "./reviews.module.css";
import { useSource } from "./useReviews";

export function SourceCard({ id, side }: { id: string; side: "a" | "b" }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useSource(id);
  return (
    <article className={css["card"]} data-side={side} aria-label={t(`operator.reviews.side.${side}`)}>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : data ? (
        <>
          <header>
            <Source resource={data.patient} />
          </header>
          <Person patient={data.patient} />
          <Visits visits={data.visits} />
        </>
      ) : (
        <Skeleton lines={5} />
      )}
    </article>
  );
}

function Person({ patient }: { patient: Patient }) {
  const { t } = useTranslation();
  const sex = useSexWord();
  const age = useAgeWord();
  const name = patient.name?.[0];
  const phones = (patient.telecom ?? []).map(({ value }) => value).filter(Boolean);
  const numbers = KINDS.map((kind): [string, string] => [
    t(`operator.reviews.id.${kind}`),
    (patient.identifier ?? []).filter(({ system }) => numberOf(system) === kind).flatMap(({ value }) => value ?? []).join("、"),
  ]);
  const rows: [string, string][] = [
    [t("operator.reviews.field.birthDate"), `${patient.birthDate ?? ""} ${age(patient.birthDate)}`.trim()],
    [t("operator.reviews.field.gender"), sex(patient.gender)],
    ...numbers,
    [t("operator.reviews.field.phone"), phones.join("、")],
    [t("operator.reviews.field.address"), patient.address?.[0]?.text ?? patient.address?.[0]?.line?.join("") ?? ""],
  ];
  return (
    <>
      <h3 className={css["name"]}>{name?.text ?? `${name?.family ?? ""}${name?.given?.join("") ?? ""}`}</h3>
      <dl className={css["facts"]}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd data-missing={value === ""}>{value || t("common.notGiven")}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The identifiers that people compare, in the same rows on both sides; others are in the resource itself. */
const KINDS = ["identity", "card", "insurance", "mrn"] as const;

function numberOf(system: string | undefined): (typeof KINDS)[number] | undefined {
  if (system === IDENTITY_NUMBER) return "identity";
  if (system === HEALTH_CARD) return "card";
  if (system === INSURANCE) return "insurance";
  return system?.startsWith(MRN_PREFIX) ? "mrn" : undefined;
}

function Visits({ visits }: { visits: readonly Encounter[] }) {
  const { t } = useTranslation();
  return (
    <div className={css["visits"]}>
      <h4>{t("operator.reviews.visits")}</h4>
      {visits.length === 0 ? (
        <p className="meta">{t("operator.reviews.noVisits")}</p>
      ) : (
        <ul>
          {visits.map((visit) => (
            <li key={visit.id}>
              <span>{when(visit.period?.start)}</span>
              <span className="meta">
                {[t(`record.timeline.class.${kindOf(visit)}`), visit.serviceType?.text, visit.reasonCode?.[0]?.text].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
