//! Names and colours of institutions. The list is read once; until then the code stands for the name.

import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { pageOf } from "../fhir/bundle";
import { read } from "../fhir/reader";
import { INSTITUTION_ID } from "../fhir/systems";
import type { Bundle, Organization } from "../fhir/types";
import { usePrefs } from "../shell/prefs";
import { institutionColour } from "../theme/palette";

export interface Institution {
  code: string;
  name: string;
  colour: string;
}

type Names = ReadonlyMap<string, { zh: string; en: string }>;

export const InstitutionNames = createContext<Names>(new Map());

/** Reads every institution; organisations without an institution code are departments or payers. */
export function useInstitutionNames(): Names {
  const { data } = useQuery({
    queryKey: ["institutions"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => pageOf<Organization>(await read<Bundle>("Organization?_count=200"), "Organization").items,
    select: namesIn,
  });
  return data ?? NONE;
}

const NONE: Names = new Map();

function namesIn(organizations: Organization[]): Names {
  const names = new Map<string, { zh: string; en: string }>();
  for (const { identifier, name, alias } of organizations) {
    const code = identifier?.find(({ system }) => system === INSTITUTION_ID)?.value;
    if (!code || !name) continue;
    const latin = [name, ...(alias ?? [])].find((one) => !/\p{Script=Han}/u.test(one));
    names.set(code, { zh: name, en: latin ?? name });
  }
  return names;
}

export function useInstitutions(): (code: string, display?: string) => Institution {
  const names = useContext(InstitutionNames);
  const language = usePrefs().language === "en" ? "en" : "zh";
  return (code, display) => ({
    code,
    name: names.get(code)?.[language] ?? display ?? code,
    colour: institutionColour(code),
  });
}

export function useKnownInstitutions(): string[] {
  return [...useContext(InstitutionNames).keys()].sort();
}
