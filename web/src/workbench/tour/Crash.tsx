//! Step 2: a server over a scratch folder is killed in the middle of a feed, and the record is counted afterwards.

import { useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Progress } from "antd";
import { useTranslation } from "react-i18next";
import { getJson, postJson } from "../../fhir/http";
import { parametersNamed, partText, textOf } from "../../fhir/parameters";
import type { Parameters } from "../../fhir/types";
import { Finding, Step } from "./Step";
import css from "./tour.module.css";

const STEPS = ["started", "killed", "restarted", "counted"] as const;
const KEY = ["tour", "crash"];

export function Crash() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const [cause, setCause] = useState<unknown>();
  const cache = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<Parameters>("/fhir/$tour-crash-state", signal),
    refetchInterval: ({ state }) => (state.data && value(state.data, "running") === "true" ? 250 : false),
  });
  const running = data ? value(data, "running") === "true" : false;
  const failed = data ? value(data, "failed") : undefined;
  const steps = data ? parametersNamed(data, "step") : [];
  const done = new Map(steps.map((step) => [partText(step, "what"), step]));
  const messages = Number(data ? value(data, "messages") : 0);
  const acknowledged = Number(data ? value(data, "acknowledged") : 0);

  async function run() {
    setAsked(true);
    setCause(undefined);
    try {
      cache.setQueryData(KEY, await postJson<Parameters>("/fhir/$tour-crash", { resourceType: "Parameters" }));
      await cache.invalidateQueries({ queryKey: KEY });
    } catch (problem) {
      setCause(problem);
    }
  }

  return (
    <Step
      nth={2}
      title={t("tour.crash.title")}
      says={t("tour.crash.says")}
      act={{ word: t("tour.crash.act"), busy: running, run: () => void run() }}
      cause={cause}
    >
      {(asked || steps.length > 0) && (
        <>
          <Progress
            percent={messages ? Math.round((acknowledged / messages) * 100) : 0}
            format={() => t("tour.crash.progress", { n: acknowledged, of: messages })}
            status={failed ? "exception" : running ? "active" : "success"}
            aria-label={t("tour.crash.title")}
          />
          <ol className={`${css["events"] ?? ""} ${css["short"] ?? ""}`}>
            {STEPS.filter((name) => done.has(name)).map((name) => {
              const step = done.get(name);
              const n = (part: string) => (step ? partText(step, part) : undefined) ?? "";
              return (
                <li key={name}>
                  <span className={css["clock"]}>{(Number(n("milliseconds")) / 1000).toFixed(2)} s</span>
                  <span>
                    {t(`tour.crash.${name}`, { acknowledged: n("acknowledged"), found: n("inRecord"), sent: n("sent"), twice: n("sentTwice") })}
                  </span>
                </li>
              );
            })}
          </ol>
          {failed && <Finding holds={false}>{failed}</Finding>}
          {!running && !failed && done.has("counted") && <Finding holds>{t("tour.crash.holds")}</Finding>}
        </>
      )}
    </Step>
  );
}

function value(parameters: Parameters, name: string): string | undefined {
  return textOf(parametersNamed(parameters, name)[0]);
}
