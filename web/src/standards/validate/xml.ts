//! FHIR's XML with its places, read into the shape that `locate` follows: an element is a member, those of one name are a
//! list, and a `value` is a string. Enough to find lines by; whether it is right the server says. Entities are never
//! resolved, and a document type ends the reading.

import type { Member, Node } from "./scan";

const TAG = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<!|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g;
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

/** Where an element wraps a resource (`contained`, `resource`), the resource stands for it, as in JSON. */
const WRAPS: ReadonlySet<string> = new Set(["contained", "resource", "outcome"]);

export function scanXml(text: string): XmlRoot | undefined {
  const stack: Open[] = [];
  TAG.lastIndex = 0;
  for (let found = TAG.exec(text); found; found = TAG.exec(text)) {
    const [whole, closing, name, attributes = "", empty] = found;
    if (whole === "<!") return undefined;
    if (name === undefined) continue;
    if (!closing) {
      const open: Open = { name, start: found.index, members: [], value: undefined };
      for (const [, attribute = "", double, simple] of attributes.matchAll(VALUE)) {
        const value = double ?? simple ?? "";
        if (attribute === "value") open.value = value;
        else open.members.push({ key: "url", at: { start: found.index, end: found.index + whole.length }, value: { kind: "string", value, start: found.index, end: found.index + whole.length } });
      }
      stack.push(open);
      if (!empty) continue;
    }
    const done = stack.pop();
    if (!done || (closing && done.name !== name)) return undefined;
    const end = found.index + whole.length;
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
  for (const one of members) all.set(one.key, [...(all.get(one.key) ?? []), one]);
  return [...all.values()].flatMap((group): Member[] => {
    const [first, ...more] = group;
    if (!first) return [];
    if (more.length === 0) return [first];
    const end = group.at(-1)?.value.end ?? first.value.end;
    return [{ key: first.key, at: first.at, value: { kind: "array", items: group.map(({ value }) => value), start: first.at.start, end } }];
  });
}
