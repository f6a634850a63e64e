//! Which institution a resource came from.

import { INSTITUTION_TAG } from "./systems";
import type { Coding, Resource } from "./types";

export function institutionTag(resource: Resource): Coding | undefined {
  return resource.meta?.tag?.find(({ system }) => system === INSTITUTION_TAG);
}

export function institutionCode(resource: Resource): string {
  return institutionTag(resource)?.code ?? "";
}
