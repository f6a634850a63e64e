//! Step 1: a message is sent through the HL7 v2 door, and its result is seen in the record as it arrives.

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { listen } from "../../fhir/events";
import { postJson } from "../../fhir/http";
import { parametersNamed, textOf } from "../../fhir/parameters";
import type { Parameters, Patient } from "../../fhir/types";
import { Raw } from "../operator/inbox/Raw";
import { Finding, Step } from "./Step";
import css from "./tour.module.css";

interface Sent {
  message: string;
  answer: string;
  code: string;
  milliseconds: string;
}

export function Message({ person }: { person: Patient | null }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<Sent>();
  const [cause, setCause] = useState<unknown>();
  const [arrived, setArrived] = useState<number>();
  const began = useRef(0);
  const id = person?.id;

  useEffect(() => {
    if (!id) return undefined;
    return listen(`Patient/${id}`, {
      change: ({ type, action }) => {
        if (type === "Observation" && action === "create" && began.current > 0) {
          setArrived(Math.round(performance.now() - began.current));
          began.current = 0;
        }
      },
    });
  }, [id]);

  async function send() {
    setBusy(true);
    setCause(undefined);
    setArrived(undefined);
    setSent(undefined);
    began.current = performance.now();
    try {
      const said = await postJson<Parameters>("/fhir/$tour-message", { resourceType: "Parameters" });
      const text = (name: string) => textOf(parametersNamed(said, name)[0]) ?? "";
      setSent({ message: text("message"), answer: text("answer"), code: text("acknowledgement"), milliseconds: text("milliseconds") });
    } catch (problem) {
      began.current = 0;
      setCause(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Step
      nth={1}
      title={t("tour.message.title")}
      says={t("tour.message.says")}
      act={id ? { word: t("tour.message.act"), busy, run: () => void send() } : undefined}
      cause={cause}
    >
      {!id && <p className="meta">{t("tour.waiting")}</p>}
      {sent && (
        <>
          <div className={css["beside"]}>
            <figure>
              <figcaption className="meta">{t("tour.message.sent")}</figcaption>
              <Raw text={sent.message} />
            </figure>
            <figure>
              <figcaption className="meta">{t("tour.message.answer")}</figcaption>
              <Raw text={sent.answer} />
            </figure>
          </div>
          <Finding holds={sent.code === "AA"}>{t("tour.message.acknowledged", { code: sent.code, n: sent.milliseconds })}</Finding>
          {arrived !== undefined && <Finding holds>{t("tour.message.arrived", { n: arrived })}</Finding>}
          <Link to={`/residents/${id ?? ""}`}>{t("tour.message.open")}</Link>
        </>
      )}
    </Step>
  );
}
