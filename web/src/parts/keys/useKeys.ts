//! Binds keys of the table while a page stands. Keys typed into a field, and those over an open dialog, are left alone.

import { useEffect, useRef } from "react";
import { press, WAIT_MS } from "./chord";
import { type Chord, KEYS } from "./table";

export type Bindings = Partial<Record<Chord, () => void>>;

const FIRSTS: ReadonlySet<string> = new Set(KEYS.flatMap(({ keys }) => (/^. .$/.test(keys) ? [keys.charAt(0)] : [])));
const NAMES: Record<string, string> = { Escape: "Esc" };

function elsewhere(target: EventTarget | null): boolean {
  // A choice is made with arrows and the space bar; letters are free.
  if (target instanceof HTMLInputElement) return !/^(radio|checkbox)$/.test(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

function dialogOpen(): boolean {
  return document.querySelector("[role=dialog]:not([aria-hidden=true])") !== null;
}

export function useKeys(bindings: Bindings): void {
  const latest = useRef(bindings);
  latest.current = bindings;

  useEffect(() => {
    let prefix = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (elsewhere(event.target) || dialogOpen()) return;
      clearTimeout(timer);
      const { chord, waiting } = press(NAMES[event.key] ?? event.key, prefix, FIRSTS);
      prefix = waiting;
      if (waiting) timer = setTimeout(() => (prefix = ""), WAIT_MS);
      const act = latest.current[chord as Chord];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", listen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", listen);
    };
  }, []);
}
