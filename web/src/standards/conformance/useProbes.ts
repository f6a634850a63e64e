//! The probes against this server, with their progress; they can be stopped.

import { useCallback, useEffect, useRef, useState } from "react";
import { answerTo } from "../../fhir/http";
import { relative } from "../../fhir/reader";
import type { Capability } from "./capability";
import { type Answer, PROBES } from "./probes";
import { type Result, runAll } from "./run";

export interface Run {
  results: readonly Result[];
  state: "idle" | "running" | "done" | "stopped";
  at: Date | undefined;
}

async function ask(path: string, init: RequestInit | undefined, signal: AbortSignal): Promise<Answer> {
  const response = await answerTo(`/fhir/${relative(path)}`, { ...init, signal, cache: "no-store" });
  const text = await response.text();
  return { status: response.status, header: (name) => response.headers.get(name), text };
}

export function useProbes(capability: Capability | undefined) {
  const [run, setRun] = useState<Run>({ results: [], state: "idle", at: undefined });
  const stopper = useRef<AbortController>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);

  const start = useCallback(() => {
    if (!capability) return;
    stopper.current?.abort();
    const stop = new AbortController();
    stopper.current = stop;
    setRun({ results: [], state: "running", at: new Date() });
    const end = (state: "done" | "stopped") => {
      if (stopper.current === stop) setRun((before) => ({ ...before, state }));
    };
    runAll(PROBES, (path, init) => ask(path, init, stop.signal), capability, (result) => setRun((before) => ({ ...before, results: [...before.results, result] })), stop.signal).then(
      () => end(stop.signal.aborted ? "stopped" : "done"),
      () => end("stopped"),
    );
  }, [capability]);

  const stop = useCallback(() => stopper.current?.abort(), []);
  return { run, start, stop };
}
