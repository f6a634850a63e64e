//! What is chosen on the page; all of it stands in the address.

import { useSearchParams } from "react-router";
import { useUrlParams } from "../../parts/url";
import { type Kind, KINDS } from "../common/canonicals";

export interface Chosen {
  kind: Kind;
  /** The code system, value set or map: `url|version`. */
  address: string | undefined;
  system: string | undefined;
  code: string | undefined;
  version: string | undefined;
}

/** What of the address has no meaning once another thing is chosen. */
const OF_ONE = { q: undefined, system: undefined, code: undefined, v: undefined };

export function useChosen() {
  const [params] = useSearchParams();
  const set = useUrlParams();
  const one = (name: string) => params.get(name) ?? undefined;
  const chosen: Chosen = {
    kind: KINDS.find((kind) => kind === one("kind")) ?? "CodeSystem",
    address: one("of"),
    system: one("system"),
    code: one("code"),
    version: one("v"),
  };
  const open = (kind: Kind, address: string | undefined) => set({ ...OF_ONE, kind: kind === "CodeSystem" ? undefined : kind, of: address });
  const choose = (system: string, code: string, version?: string) => set({ system, code, v: version });
  /** A code where it stands in its own system. */
  const goTo = (system: string, code: string) => set({ ...OF_ONE, kind: undefined, of: system, system, code });
  const close = () => set({ system: undefined, code: undefined, v: undefined });
  return { chosen, open, choose, goTo, close };
}
