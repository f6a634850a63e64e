//! The keys of a record.

import { moveRow, goTo } from "../../parts/keys/rows";
import { useKeys } from "../../parts/keys/useKeys";
import { useUrlParam } from "../../parts/url";

export function useRecordKeys(): void {
  const [, choose] = useUrlParam("visit");
  useKeys({
    j: () => moveRow(1, "timeline"),
    k: () => moveRow(-1, "timeline"),
    p: () => window.print(),
    // The address is ahead of what is drawn: a quick Esc is meant for it.
    Esc: () => {
      if (new URLSearchParams(window.location.search).has("visit")) choose(undefined);
    },
    "g t": () => goTo("timeline"),
    "g p": () => goTo("problems"),
    "g m": () => goTo("medicines"),
    "g a": () => goTo("allergies"),
    "g r": () => goTo("results"),
    "g v": () => goTo("vitals"),
    "g i": () => goTo("imaging"),
    "g o": () => goTo("orders"),
    "g d": () => goTo("documents"),
    "g c": () => goTo("vaccinations"),
    "g l": () => goTo("looks"),
  });
}
