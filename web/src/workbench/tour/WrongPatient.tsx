//! Step 4: with one resident's record open, something is written for another one. The server must refuse.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pageOf } from "../../fhir/bundle";
import { FhirError, outcomeText } from "../../fhir/errors";
import { getJson, postJson } from "../../fhir/http";
import type { Bundle, Encounter, Observation, Patient } from "../../fhir/types";
import { Raw } from "../operator/inbox/Raw";
import { nameOf } from "../../words/patient";
import { Finding, Step } from "./Step";
import css from "./tour.module.css";

interface Tried {
  request: string;
  status: number;
  said: string;
  before: number;
  after: number;
  other: string;
}

export function WrongPatient({ person }: { person: Patient | null }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [cause, setCause] = useState<unknown>();
  const [tried, setTried] = useState<Tried[]>([]);
  const id = person?.id;

  async function attempt() {
    if (!id || !person) return;
    setBusy(true);
    setCause(undefined);
    setTried([]);
    try {
      const sources = new Set((person.link ?? []).map(({ other }) => other?.reference));
      const others = pageOf<Patient>(await getJson<Bundle<Patient>>("/fhir/Patient?_count=10"), "Patient").items;
      const other = others.find((one) => !sources.has(`Patient/${one.id ?? ""}`));
      const visits = await getJson<Bundle<Encounter>>(`/fhir/Encounter?patient=Patient/${id}&_count=1`);
      const visit = pageOf<Encounter>(visits, "Encounter").items[0];
      if (!other?.id || !visit?.id) throw new FhirError("missing", 404);
      const about = `Patient/${other.id}`;
      const count = async () => (await getJson<Bundle<Observation>>(`/fhir/Observation?patient=${about}&_summary=count`)).total ?? 0;
      const note: Observation = {
        resourceType: "Observation",
        status: "final",
        code: { text: t("tour.wrong.probe") },
        subject: { reference: about },
      } as Observation;
      // The record that is open is hers, the note says somebody else; then the note of somebody else in her visit.
      const ways: [Observation, string | undefined][] = [
        [note, `Patient/${id}`],
        [{ ...note, encounter: { reference: `Encounter/${visit.id}` } } as Observation, undefined],
      ];
      for (const [body, open] of ways) {
        const before = await count();
        let status = 201;
        let said = "";
        try {
          await postJson("/fhir/Observation", body, { about: open });
        } catch (refusal) {
          if (!(refusal instanceof FhirError)) throw refusal;
          ({ status } = refusal);
          said = outcomeText(refusal.outcome);
        }
        const after = await count();
        const head = ["POST /fhir/Observation", ...(open ? [`X-Meridian-Patient: ${open}`] : []), ""].join("\n");
        const one = { request: `${head}\n${JSON.stringify(body, undefined, 1)}`, status, said, before, after, other: nameOf(other) };
        setTried((all) => [...all, one]);
      }
    } catch (problem) {
      setCause(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Step
      nth={4}
      title={t("tour.wrong.title")}
      says={t("tour.wrong.says")}
      act={id ? { word: t("tour.wrong.act"), busy, run: () => void attempt() } : undefined}
      cause={cause}
    >
      {!id && <p className="meta">{t("tour.waiting")}</p>}
      {tried.map((one, nth) => (
        <div key={nth} className={css["attempt"]}>
          <p className={css["attemptTitle"]}>{t(nth === 0 ? "tour.wrong.open" : "tour.wrong.visit", { other: one.other })}</p>
          <Raw text={one.request} />
          <Finding holds={one.status === 422 && one.before === one.after}>
            {t(one.status === 422 ? "tour.wrong.refused" : "tour.wrong.taken", { status: one.status })} {one.said}
          </Finding>
          <p className="meta">{t("tour.wrong.counted", { before: one.before, after: one.after })}</p>
        </div>
      ))}
    </Step>
  );
}
