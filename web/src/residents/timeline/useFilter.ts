//! The timeline's chips, kept in the URL: `?from=CJ01,CJ11&kind=IMP&year=2024`.

import { useUrlParam, useUrlParams } from "../../parts/url";
import type { Filter } from "./visits";

function split(value: string | undefined): string[] {
  return value ? value.split(",").filter(Boolean) : [];
}

function toggled(list: readonly string[], one: string): string | undefined {
  const next = list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  return next.length > 0 ? next.join(",") : undefined;
}

export function useFilter() {
  const [from, setFrom] = useUrlParam("from");
  const [kind, setKind] = useUrlParam("kind");
  const [year, setYear] = useUrlParam("year");
  const setAll = useUrlParams();
  const filter: Filter = { institutions: split(from), kinds: split(kind), years: split(year) };
  return {
    filter,
    toggleInstitution: (code: string) => setFrom(toggled(filter.institutions, code)),
    toggleKind: (code: string) => setKind(toggled(filter.kinds, code)),
    toggleYear: (one: string) => setYear(toggled(filter.years, one)),
    clear: filter.institutions.length + filter.kinds.length + filter.years.length > 0 ? () => setAll({ from: undefined, kind: undefined, year: undefined }) : undefined,
  };
}
