//! What the list of a kind says of an address: which resource it is, in which versions it is here, or that it is not.

import { addressOf, type Canonical, type Kind, split } from "../common/canonicals";
import { useCanonicals } from "../common/useCanonicals";

export interface Listed {
  one: Canonical | undefined;
  /** Whether the list has been read. */
  read: boolean;
  /** Missing where it is here as it is asked for, and while that is not known: the list is being read, or it is cut. */
  lacks: "resource" | "version" | undefined;
  versions: string[];
}

export function useListed(kind: Kind, address: string): Listed {
  const { all, cut } = useCanonicals(kind);
  const { url, version } = split(address);
  const named = (all ?? []).filter((each) => each.url === url);
  const one = named.find((each) => addressOf(each) === address) ?? named[0];
  const versions = named.flatMap((each) => each.version ?? []);
  const lacks = !all || cut ? undefined : !one ? "resource" : version && !versions.includes(version) ? "version" : undefined;
  return { one, read: all !== undefined, lacks, versions };
}
