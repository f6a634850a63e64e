//! Feeds as the server tells them: HL7 v2 feeds from `$feeds`, institutions that speak FHIR from what they wrote.

import type { Parameters } from "../../../fhir/types";
import { listOf, numberOf, rowsNamed, type Values } from "../common/values";

export interface Feed {
  key: string;
  institution: string;
  /** Empty when the institution has a name of its own in the record. */
  name: string;
  protocol: "hl7v2" | "fhir";
  /** Sender and character set of an HL7 v2 feed. */
  about: string;
  received: number | undefined;
  committed: number | undefined;
  parked: number | undefined;
  waiting: number | undefined;
  perMinute: number | undefined;
  minutes: number[];
  lagP50: number | undefined;
  lagP95: number | undefined;
  last: string | undefined;
  lastKind: string;
  /** Seconds of silence that are too long; nothing when none are set. */
  silence: number | undefined;
  alarm: boolean;
}

function hl7(values: Values): Feed {
  const text = (name: string) => values.get(name) ?? "";
  const institution = text("institution");
  return {
    key: `hl7v2 ${institution} ${text("facility")} ${text("application")}`,
    institution,
    name: text("name"),
    protocol: "hl7v2",
    about: [text("facility"), text("application"), text("charset"), text("zone")].filter(Boolean).join(" · "),
    received: numberOf(values, "received"),
    committed: numberOf(values, "committed"),
    parked: numberOf(values, "parked"),
    waiting: numberOf(values, "waiting"),
    perMinute: numberOf(values, "perMinute"),
    minutes: listOf(values, "minutes"),
    lagP50: numberOf(values, "lagP50"),
    lagP95: numberOf(values, "lagP95"),
    last: values.get("last"),
    lastKind: text("lastKind"),
    silence: numberOf(values, "silence"),
    alarm: text("alarm") === "true",
  };
}

/** A transaction is committed before it is answered: none waits and none is parked. */
function fhir(values: Values): Feed {
  const transactions = numberOf(values, "transactions");
  return {
    key: `fhir ${values.get("institution") ?? ""}`,
    institution: values.get("institution") ?? "",
    name: "",
    protocol: "fhir",
    about: "",
    received: transactions,
    committed: transactions,
    parked: undefined,
    waiting: undefined,
    perMinute: numberOf(values, "last60s"),
    minutes: listOf(values, "minutes"),
    lagP50: undefined,
    lagP95: undefined,
    last: values.get("last"),
    lastKind: "",
    silence: undefined,
    alarm: false,
  };
}

/** All feeds by institution; `own` is the centre itself, whose people's writes are no feed. */
export function feedsIn(feeds: Parameters | undefined, store: Parameters | undefined, own: string): Feed[] {
  const messages = rowsNamed(feeds, "feed").map(hl7);
  const transactions = rowsNamed(store, "source").filter((source) => source.get("door") === "fhir").map(fhir);
  const all = [...messages, ...transactions.filter(({ institution }) => institution !== own && institution !== "")];
  // Senders that nobody knows come last.
  return all.sort((a, b) => Number(a.institution === "") - Number(b.institution === "") || a.institution.localeCompare(b.institution));
}

export function alarms(feeds: readonly Feed[]): Feed[] {
  return feeds.filter(({ alarm }) => alarm);
}

/** Where the messages of a feed are looked at. */
export function drill({ protocol, institution }: Feed, state = "all"): string {
  const code = encodeURIComponent(institution);
  return protocol === "hl7v2" ? `/inbox?state=${state}&institution=${code}` : `/audit?act=write&institution=${code}`;
}
