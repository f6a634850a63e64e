//! Step 3: reading a record leaves a line in the resident's own log; the reader finds the line just made.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { pageOf } from "../../fhir/bundle";
import { getJson } from "../../fhir/http";
import type { AuditEvent, Bundle, Patient } from "../../fhir/types";
import { useSession } from "../../session/session";
import { looksIn } from "../../residents/looks/looks";
import { when } from "../../words/when";
import { Finding, Step } from "./Step";
import css from "./tour.module.css";

export function OwnLook({ person }: { person: Patient | null }) {
  const { t } = useTranslation();
  const { user } = useSession();
  const [busy, setBusy] = useState(false);
  const [cause, setCause] = useState<unknown>();
  const [events, setEvents] = useState<AuditEvent[]>();
  const id = person?.id;

  async function look() {
    setBusy(true);
    setCause(undefined);
    try {
      await getJson(`/fhir/Observation?patient=Patient/${id ?? ""}&_count=1`);
      const log = await getJson<Bundle<AuditEvent>>(`/fhir/Patient/${id ?? ""}/$who-looked?_count=50`);
      setEvents(pageOf<AuditEvent>(log, "AuditEvent").items);
    } catch (problem) {
      setCause(problem);
    } finally {
      setBusy(false);
    }
  }

  const looks = looksIn(events ?? []);
  const own = looks.find(({ username }) => username === user.username);
  return (
    <Step
      nth={3}
      title={t("tour.look.title")}
      says={t("tour.look.says")}
      act={id ? { word: t("tour.look.act"), busy, run: () => void look() } : undefined}
      cause={cause}
    >
      {!id && <p className="meta">{t("tour.waiting")}</p>}
      {events && (
        <>
          <ul className={css["events"]}>
            {looks.slice(0, 6).map((one) => (
              <li key={one.key} data-own={one === own}>
                <span className={css["clock"]}>{when(one.latest)}</span>
                <span>
                  {one.who} · {one.institution} · {t("tour.look.times", { n: one.times })}
                </span>
              </li>
            ))}
          </ul>
          <Finding holds={own !== undefined}>{own ? t("tour.look.holds", { who: user.display }) : t("tour.look.missing")}</Finding>
          <Link to={`/residents/${id ?? ""}`}>{t("tour.look.open")}</Link>
        </>
      )}
    </Step>
  );
}
