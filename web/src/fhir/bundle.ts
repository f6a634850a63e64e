//! Taking apart search Bundles.

import { relative } from "./reader";
import type { Bundle, Resource } from "./types";

export interface Page<R extends Resource> {
  items: R[];
  included: Resource[];
  next: string | undefined;
  total: number | undefined;
}

export function pageOf<R extends Resource>(bundle: Bundle, type: string): Page<R> {
  const items: R[] = [];
  const included: Resource[] = [];
  for (const { resource, search } of bundle.entry ?? []) {
    if (!resource) continue;
    const match = search?.mode ? search.mode === "match" : resource.resourceType === type;
    if (match && resource.resourceType === type) items.push(resource as R);
    else if (resource.resourceType !== "OperationOutcome") included.push(resource);
  }
  const next = bundle.link?.find(({ relation }) => relation === "next")?.url;
  return { items, included, next: next ? relative(next) : undefined, total: bundle.total };
}

/** `Type/id` of a resource that the server gave an id. */
export function keyOf(resource: Resource): string {
  return `${resource.resourceType}/${resource.id ?? ""}`;
}
