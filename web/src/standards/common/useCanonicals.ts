//! All resources of a kind that the server has, a line each. They are few thousands, and change rarely: read once, page
//! by page, and then found among in the browser, as fast as one types. What came with the program is no resource of the
//! store; a server that has such says with `$terms` what is in force.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { pageOf } from "../../fhir/bundle";
import { getJson } from "../../fhir/http";
import { FhirError } from "../../fhir/errors";
import type { Bundle, Parameters } from "../../fhir/types";
import { type Canonical, ELEMENTS, finder, inOrder, joined, type Kind, spoken, termsIn } from "./canonicals";

const PAGE = 250;
/** More than any house has; beyond, the list says that it is cut. */
const MOST = 5_000;

type Shelved = keyof typeof ELEMENTS;

export interface Canonicals {
  all: readonly Canonical[];
  cut: boolean;
}

async function stored(kind: Shelved, more: string, signal: AbortSignal): Promise<Canonicals> {
  const all: Canonical[] = [];
  let next: string | undefined = `${kind}?_elements=${ELEMENTS[kind]}&_count=${PAGE}${more}`;
  while (next && all.length < MOST) {
    const bundle: Bundle = await getJson<Bundle>(`/fhir/${next}`, signal);
    const page = pageOf<Canonical>(bundle, kind);
    all.push(...page.items);
    next = page.items.length > 0 ? page.next : undefined;
  }
  return { all, cut: next !== undefined };
}

async function readAll(kind: Shelved, more: string, signal: AbortSignal): Promise<Canonicals> {
  const [{ all, cut }, named] = await Promise.all([stored(kind, more, signal), kind === "StructureDefinition" ? [] : inForce(kind, signal)]);
  return { all: joined(all, named), cut };
}

/** What `$terms` says; nothing where there is no such operation. */
async function inForce(kind: Kind, signal: AbortSignal): Promise<Canonical[]> {
  try {
    return termsIn(await getJson<Parameters>(`/fhir/$terms?type=${kind}`, signal));
  } catch (cause) {
    if (cause instanceof FhirError && (cause.trouble === "missing" || cause.trouble === "refused")) return [];
    throw cause;
  }
}

/** `more` narrows what is read, as `&derivation=constraint`. */
export function useCanonicals(kind: Shelved, more = "") {
  const { i18n } = useTranslation();
  const query = useQuery({
    queryKey: ["canonicals", kind, more],
    queryFn: ({ signal }) => readAll(kind, more, signal),
    staleTime: 5 * 60_000,
  });
  const all = query.data?.all;
  const sorted = useMemo(() => {
    const language = i18n.language;
    return all
      ? inOrder(
          all.map((one) => spoken(one, language)),
          language,
        )
      : undefined;
  }, [all, i18n.language]);
  const find = useMemo(() => finder(sorted ?? []), [sorted]);
  return { query, all: sorted, cut: query.data?.cut ?? false, find };
}
