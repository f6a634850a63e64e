//! Keys that hold on every page: the sheet of keys, finding, and going from tab to tab.

import { lazy, Suspense, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useKeys } from "../parts/keys/useKeys";
import { pathOf, useOpened } from "./opened";

const KeySheet = lazy(async () => ({ default: (await import("../parts/keys/KeySheet")).KeySheet }));

/** Pages that have a box of their own under `/`. */
const OWN_BOX: ReadonlySet<string> = new Set(["/residents", "/terms", "/validate", "/conformance"]);

export function GlobalKeys({ onSearch }: { onSearch: () => void }) {
  const [sheet, setSheet] = useState(false);
  const tabs = useOpened().filter(({ tab }) => tab);
  const here = useLocation().pathname;
  const go = useNavigate();
  const step = (by: 1 | -1) => {
    const at = tabs.findIndex(({ id }) => here === `/residents/${id}`);
    const next = tabs[(at < 0 && by < 0 ? 0 : at) + by] ?? tabs.at(by > 0 ? 0 : -1);
    if (next) void go(pathOf(next));
  };
  useKeys({
    "?": () => setSheet(true),
    ...(OWN_BOX.has(here) ? {} : { "/": onSearch }),
    "[": () => step(-1),
    "]": () => step(1),
    "g h": () => void go("/"),
    "g f": () => void go("/residents"),
  });
  return <Suspense>{sheet && <KeySheet onClose={() => setSheet(false)} />}</Suspense>;
}
