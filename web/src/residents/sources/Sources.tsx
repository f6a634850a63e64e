//! The registrations that were joined to this person, and where they differ from the joined record.

import { useTranslation } from "react-i18next";
import { institutionCode } from "../../fhir/institution";
import type { Patient } from "../../fhir/types";
import { Card } from "../../parts/Card";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { Source } from "../../parts/Tick";
import { nameOf, recordNumber } from "../../words/patient";
import { when } from "../../words/when";
import { useRegistrations } from "../record/usePerson";
import css from "./sources.module.css";

export function Sources({ person }: { person: Patient | undefined }) {
  const { t } = useTranslation();
  const { data, error, refetch, isPending } = useRegistrations(person);
  const list = [...(data ?? [])].sort((a, b) => institutionCode(a).localeCompare(institutionCode(b)));
  return (
    <Card id="sources" title={t("record.sections.sources")} count={list.length}>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={3} />
      ) : list.length === 0 ? (
        <Empty title={t("record.sources.none")} />
      ) : (
        <ul>
          {list.map((one) => (
            <Registration key={one.id} source={one} person={person} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Registration({ source, person }: { source: Patient; person: Patient | undefined }) {
  const { t } = useTranslation();
  const name = nameOf(source);
  const number = recordNumber(source);
  const differs = [
    name !== nameOf(person) ? `${t("record.sources.registered")} ${name}` : "",
    source.birthDate && person?.birthDate && source.birthDate !== person.birthDate ? `${t("record.banner.born")} ${source.birthDate}` : "",
  ].filter(Boolean);
  return (
    <li className={css["source"]}>
      <Source resource={source} />
      <span className={css["facts"]}>
        {number && (
          <span>
            {t("record.sources.number")} {number}
          </span>
        )}
        <span>{t("record.sources.updated", { time: when(source.meta?.lastUpdated) })}</span>
      </span>
      {differs.length > 0 && (
        <span className={css["differs"]}>
          ⚠ {differs.join(" · ")} <span>({t("record.sources.differs")})</span>
        </span>
      )}
    </li>
  );
}
