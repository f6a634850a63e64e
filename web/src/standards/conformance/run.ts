//! Runs the probes one after the other, so that the time of each is its own. Pure but for what `ask` does.

import type { Capability } from "./capability";
import { type Ask, type Probe, type ProbeId, Untried } from "./probes";

export type State = "passed" | "failed" | "untried" | "undeclared";

export interface Result {
  id: ProbeId;
  state: State;
  /** What came back, or why not. */
  facts: string;
  /** Of the whole probe, as the browser saw it. */
  ms: number;
}

export async function runProbe(probe: Probe, ask: Ask, capability: Capability, clock: () => number): Promise<Result> {
  const { id } = probe;
  if (!probe.declared(capability)) return { id, state: "undeclared", facts: "", ms: 0 };
  const start = clock();
  try {
    const facts = await probe.run(ask, capability);
    return { id, state: "passed", facts, ms: clock() - start };
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    const facts = cause instanceof Error ? cause.message : String(cause);
    return { id, state: cause instanceof Untried ? "untried" : "failed", facts, ms: clock() - start };
  }
}

export async function runAll(
  probes: readonly Probe[],
  ask: Ask,
  capability: Capability,
  tell: (result: Result) => void,
  signal: AbortSignal,
  clock: () => number = () => performance.now(),
): Promise<void> {
  for (const probe of probes) {
    if (signal.aborted) return;
    tell(await runProbe(probe, ask, capability, clock));
  }
}
