//! The draft of a text while it is typed: at once for what people type, after a pause for what only a paste can be.

import { useEffect, useMemo, useState } from "react";
import { type Draft, draftOf } from "./faults";

/** Up to here a text is read within a few milliseconds, so with each letter. */
const AT_ONCE = 200_000;
const PAUSE_MS = 300;

/** `settled` is false while the draft is that of an earlier text. */
export function useDraft(text: string): { draft: Draft; settled: boolean } {
  const small = text.length <= AT_ONCE;
  const now = useMemo(() => (small ? draftOf(text) : undefined), [small, text]);
  const [later, setLater] = useState(() => ({ of: "", draft: draftOf("") }));
  useEffect(() => {
    if (small) return undefined;
    const timer = setTimeout(() => setLater({ of: text, draft: draftOf(text) }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [small, text]);
  return now ? { draft: now, settled: true } : { draft: later.draft, settled: later.of === text };
}
