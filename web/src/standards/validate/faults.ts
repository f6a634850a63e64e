//! The issues of an OperationOutcome as faults beside lines. Pure.

import type { OperationOutcome } from "../../fhir/types";
import { type Lines, linesOf } from "./lines";
import { locate, memberAt } from "./locate";
import { type Node, scan, ScanFault, type Span, stringAt, type TextFault } from "./scan";
import { scanXml } from "./xml";

export const SEVERITIES = ["fatal", "error", "warning", "information"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Fault {
  severity: Severity;
  /** R4's IssueType. */
  code: string;
  says: string;
  expression: string;
  /** The profile that was asked for, where there were several. */
  profile: string;
  span: Span | undefined;
  line: number | undefined;
}

/** A text as far as it can be read here: JSON or XML, of which type, or what is wrong with its first letters. */
export interface Draft {
  format: "json" | "xml";
  lines: Lines;
  root: Node | undefined;
  type: string | undefined;
  /** `meta.profile`. */
  profiles: string[];
  wrong: { fault: TextFault | "xml" | "type"; at: number } | undefined;
}

const TYPE = /^[A-Z][A-Za-z]{1,63}$/;

export function draftOf(text: string): Draft {
  const lines = linesOf(text);
  const nothing = { lines, root: undefined, type: undefined, profiles: [] };
  if (/^\s*(?:\uFEFF)?\s*</.test(text)) {
    const read = scanXml(text);
    if (!read) return { format: "xml", ...nothing, wrong: { fault: "xml", at: 0 } };
    return { format: "xml", lines, root: read.node, type: read.type, profiles: profilesOf(read.node), wrong: undefined };
  }
  try {
    const root = scan(text);
    const type = stringAt(root, "resourceType");
    const named = type !== undefined && TYPE.test(type);
    return { format: "json", lines, root, type: named ? type : undefined, profiles: profilesOf(root), wrong: named ? undefined : { fault: "type", at: root.start } };
  } catch (cause) {
    if (!(cause instanceof ScanFault)) throw cause;
    return { format: "json", ...nothing, wrong: { fault: cause.fault, at: cause.at } };
  }
}

function profilesOf(root: Node): string[] {
  const meta = root.kind === "object" ? root.members.find(({ key }) => key === "meta")?.value : undefined;
  const profile = meta?.kind === "object" ? meta.members.find(({ key }) => key === "profile")?.value : undefined;
  const items = profile?.kind === "array" ? profile.items : profile ? [profile] : [];
  return items.flatMap((one) => (one.kind === "string" ? [one.value] : []));
}

/** `line 12` of the old `location`, which some servers give for what they cannot read. */
const LINE = /\bline[ :=]*(\d+)/i;

/** The name that a message begins with: "`sex` is not an element of Patient". */
const STRAY = /^`([^`]+)`/;

export function faultsIn(outcome: OperationOutcome, { root, lines }: Draft, profile: string): Fault[] {
  return (outcome.issue ?? []).flatMap(({ severity, code = "", diagnostics, details, expression, location }): Fault[] => {
    const known = SEVERITIES.find((one) => one === severity) ?? "information";
    const says = details?.text ?? diagnostics ?? details?.coding?.[0]?.display ?? "";
    const path = expression?.[0] ?? "";
    const place = root && path ? locate(root, path) : undefined;
    // What should not be there has no path of its own: it is told at what holds it, by its name.
    const stray = code === "structure" ? STRAY.exec(says)?.[1] : undefined;
    const span = place && ((stray && memberAt(place, stray)) || { start: place.start, end: place.end });
    const said = LINE.exec(`${location?.join(" ") ?? ""} ${root ? "" : says}`)?.[1];
    const line = span ? lines.lineAt(span.start) : said ? Number(said) : undefined;
    return [{ severity: known, code, says, expression: path, profile, span, line }];
  });
}

/** A server's "all is well" is no fault. */
export function isPraise({ severity, code, line }: Fault): boolean {
  return severity === "information" && code === "informational" && line === undefined;
}

/** Those of several profiles together: what all of them say is said once. Worst first, then as they stand in the text. */
export function together(all: readonly (readonly Fault[])[]): Fault[] {
  const seen = new Map<string, Fault>();
  for (const fault of all.flat()) {
    const key = [fault.severity, fault.code, fault.expression, fault.says].join("\n");
    const before = seen.get(key);
    seen.set(key, before && before.profile !== fault.profile ? { ...before, profile: "" } : (before ?? fault));
  }
  const weight = ({ severity }: Fault) => SEVERITIES.indexOf(severity);
  return [...seen.values()].sort((a, b) => weight(a) - weight(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

export function tally(faults: readonly Fault[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { fatal: 0, error: 0, warning: 0, information: 0 };
  for (const { severity } of faults) counts[severity] += 1;
  return counts;
}

/** The worst of each line, for the margin. */
export function byLine(faults: readonly Fault[]): ReadonlyMap<number, Severity> {
  const lines = new Map<number, Severity>();
  for (const { line, severity } of faults) if (line !== undefined && !lines.has(line)) lines.set(line, severity);
  return lines;
}
