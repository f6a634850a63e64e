//! What is typed into a field, and what of it stands in the address: the address follows after a pause.

import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { parametersNow } from "../../parts/url";

/** Shorter than a person waits for, longer than two letters of fast typing are apart. */
const PAUSE_MS = 140;

export function useTyped(name: string): [string, (text: string) => void, string] {
  const [params, setParams] = useSearchParams();
  const settled = params.get(name) ?? "";
  const [typed, setTyped] = useState(settled);
  /** What this field itself has put into the address: that must not be put back over what was typed since. */
  const own = useRef(settled);

  useEffect(() => {
    if (settled === own.current) return;
    // Back, forward, or a link.
    own.current = settled;
    setTyped(settled);
  }, [settled]);

  useEffect(() => {
    const text = typed.trim();
    if (text === settled) return;
    const timer = setTimeout(() => {
      own.current = text;
      setParams(
        () => {
          const after = parametersNow();
          if (text) after.set(name, text);
          else after.delete(name);
          return after;
        },
        // A letter is no step that one goes back by.
        { replace: true },
      );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, settled, setParams, name]);

  return [typed, setTyped, settled];
}
