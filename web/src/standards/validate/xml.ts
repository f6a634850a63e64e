//! FHIR's XML with its places, read into the shape that `locate` follows: an element is a member, those of one name are a
//! list, and a `value` is a string. Enough to find lines by; whether it is right the server says. Entities are never
//! resolved, and a document type ends the reading.

import type { Member, Node } from "./scan";

const TAG = /<(\/?)([^\s<>/="'&!?]+)((?:\s+[^\s<>/="']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const VALUE = /\s(value|url)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open {
  name: string;
  start: number;
  members: Member[];
  value: string | undefined;
}

export interface XmlRoot {
  type: string;
  node: Node;
}

/** What is read over as a whole, from its beginning to its end. */
const OVER = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** Where an element wraps a resource (`contained`, `resource`), the resource stands for it, as in JSON. */
const WRAPS: ReadonlySet<string> = new Set(["contained", "resource", "outcome"]);

/** Each letter is read once: a text that is no XML costs no more than one that is. */
export function scanXml(text: string): XmlRoot | undefined {
  const stack: Open[] = [];
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const next = text[at + 1];
    const over = next === "!" || next === "?" ? OVER.find(([begins]) => text.startsWith(begins, at)) : undefined;
    if (over) {
      const [begins, ends] = over;
      const end = text.indexOf(ends, at + begins.length);
      if (end < 0) return undefined;
      at = end + ends.length;
      continue;
    }
    TAG.lastIndex = at;
    const found = TAG.exec(text);
    // A document type, or a bracket that begins nothing.
    if (!found) return undefined;
    const [whole, closing, name = "", attributes = "", empty] = found;
    const end = at + whole.length;
    if (!closing) {
      const open: Open = { name, start: at, members: [], value: undefined };
      for (const [, attribute = "", double, simple] of attributes === "" ? [] : attributes.matchAll(VALUE)) {
        const value = double ?? simple ?? "";
        if (attribute === "value") open.value = value;
        else open.members.push({ key: "url", at: { start: at, end }, value: { kind: "string", value, start: at, end } });
      }
      stack.push(open);
    }
    at = end;
    if (!closing && !empty) continue;
    const done = stack.pop();
    if (!done || (closing && done.name !== name)) return undefined;
    const node = nodeOf(done, end);
    const around = stack.at(-1);
    if (!around) return { type: done.name, node };
    around.members.push({ key: done.name, at: { start: done.start, end: done.start + done.name.length + 1 }, value: node });
  }
  return undefined;
}

function nodeOf({ name, start, members, value }: Open, end: number): Node {
  if (value !== undefined && members.length === 0) return { kind: "string", value, start, end };
  const [only] = members;
  if (WRAPS.has(name) && members.length === 1 && only && /^[A-Z]/.test(only.key)) return only.value;
  return { kind: "object", members: gathered(members), start, end };
}

/** Elements of one name become one member that holds a list. */
function gathered(members: readonly Member[]): Member[] {
  const all = new Map<string, Member[]>();
  for (const one of members) {
    const group = all.get(one.key);
    if (group) group.push(one);
    else all.set(one.key, [one]);
  }
  return [...all.values()].flatMap((group): Member[] => {
    const [first, ...more] = group;
    if (!first) return [];
    if (more.length === 0) return [first];
    const end = group.at(-1)?.value.end ?? first.value.end;
    return [{ key: first.key, at: first.at, value: { kind: "array", items: group.map(({ value }) => value), start: first.at.start, end } }];
  });
}
