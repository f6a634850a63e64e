//! From a FHIRPath as validators write it to the place in the text: `Observation.component[1].value.ofType(Quantity).code`
//! is the member `code` of `valueQuantity` of the second component. Where a path goes on to what is not there, the place
//! is the last thing that is: a missing element is shown at what misses it. Pure.

import { member, type Node, type Span } from "./scan";

export interface Place extends Span {
  /** Whether the path was followed to its end. */
  whole: boolean;
  node: Node;
}

type Step = { name: string } | { index: number } | { type: string } | { url: string };

const NAME = /^(?:`([^`]+)`|([A-Za-z_][\w-]*))/;
const INDEX = /^\[(\d+)\]/;
const TYPE = /^(?:ofType|as)\(\s*(?:FHIR\.|System\.)?`?(\w+)`?\s*\)/;
const EXTENSION = /^extension\(\s*'([^']*)'\s*\)/;
const WHERE_URL = /^where\(\s*url\s*=\s*'([^']*)'\s*\)/;
const NOTE = /^\/\*.*?\*\//;
const CALL = /^(?:first|single|resolve|last)\(\)/;

/** The steps of a path; what it cannot read ends it. */
export function stepsOf(expression: string): Step[] {
  const steps: Step[] = [];
  // `(Observation.value as Quantity).code`: the same said with an operator.
  let rest = expression.trim().replace(/^\((.+?)\s+as\s+(\w+)\)/, "$1.ofType($2)");
  while (rest !== "") {
    let found: RegExpExecArray | null;
    if ((found = NOTE.exec(rest))) {
      // A comment names the resource; it moves nothing.
    } else if ((found = INDEX.exec(rest))) steps.push({ index: Number(found[1]) });
    else if (rest.startsWith(".")) found = /^\./.exec(rest);
    else if ((found = TYPE.exec(rest))) steps.push({ type: found[1] ?? "" });
    else if ((found = EXTENSION.exec(rest))) steps.push({ name: "extension" }, { url: found[1] ?? "" });
    else if ((found = WHERE_URL.exec(rest))) steps.push({ url: found[1] ?? "" });
    else if ((found = CALL.exec(rest))) {
      if (found[0] === "first()") steps.push({ index: 0 });
    } else if ((found = NAME.exec(rest)) && !rest.slice(found[0].length).startsWith("(")) steps.push({ name: found[1] ?? found[2] ?? "" });
    else break;
    rest = rest.slice(found?.[0].length ?? rest.length);
  }
  return steps;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** A thing of the text: a value with the key it stands under, and the `_`-member that says more of a primitive. */
interface Thing {
  node: Node;
  /** The key and the value; a value in a list is without one. */
  span: Span;
  beside?: Node | undefined;
}

function under(node: Node, key: string): Thing | undefined {
  const found = member(node, key);
  const beside = member(node, `_${key}`);
  if (found) return { node: found.value, span: { start: found.at.start, end: found.value.end }, beside: beside?.value };
  return beside ? { node: beside.value, span: { start: beside.at.start, end: beside.value.end } } : undefined;
}

/** `value` in FHIRPath is `valueQuantity` in JSON: the one member that begins so and goes on with a type. */
function choice(node: Node, name: string, type: string | undefined): Thing | undefined {
  if (node.kind !== "object") return undefined;
  if (type !== undefined) return under(node, name + capital(type));
  const found = node.members.find(({ key }) => key.replace(/^_/, "").startsWith(name) && /^[A-Z]/.test(key.replace(/^_/, "").slice(name.length)));
  return found && under(node, found.key.replace(/^_/, ""));
}

function child(thing: Thing, name: string, type: string | undefined): Thing | undefined {
  const one = single(thing);
  return under(one.node, name) ?? choice(one.node, name, type) ?? (one.beside && under(one.beside, name));
}

/** A name after a list without an index means its only item, or the first. */
function single(thing: Thing): Thing {
  return thing.node.kind === "array" ? (item(thing, 0) ?? thing) : thing;
}

function item({ node, span, beside }: Thing, index: number): Thing | undefined {
  // FHIRPath knows no difference between one and a list of one.
  if (node.kind !== "array") return index === 0 ? { node, span, beside } : undefined;
  const found = node.items[index];
  const more = beside?.kind === "array" ? beside.items[index] : undefined;
  return found && { node: found, span: found, beside: more?.kind === "object" ? more : undefined };
}

function withUrl(thing: Thing, url: string): Thing | undefined {
  const items = thing.node.kind === "array" ? thing.node.items : [thing.node];
  const found = items.find((one) => {
    const value = member(one, "url")?.value;
    return value?.kind === "string" && value.value === url;
  });
  return found && { node: found, span: found };
}

export function locate(root: Node, expression: string): Place {
  const steps = stepsOf(expression);
  let here: Thing = { node: root, span: headOf(root) };
  const [first] = steps;
  // The type at the beginning is the resource itself.
  const from = first && "name" in first && !member(root, first.name) && /^[A-Z]/.test(first.name) ? 1 : 0;
  for (let at = from; at < steps.length; at += 1) {
    const step = steps[at];
    if (!step) break;
    const next = steps[at + 1];
    let then: Thing | undefined;
    if ("index" in step) then = item(here, step.index);
    else if ("url" in step) then = withUrl(here, step.url);
    // What a choice was chosen to be was asked for with its name.
    else if ("type" in step) then = here;
    else then = child(here, step.name, next && "type" in next ? next.type : undefined);
    if (!then) return { ...here.span, whole: false, node: here.node };
    here = then;
  }
  return { ...here.span, whole: true, node: here.node };
}

/** The member of what stands at a place, with its key. */
export function memberAt({ node }: Place, key: string): Span | undefined {
  return under(node, key)?.span;
}

/** For the resource as a whole its first line is shown, not all of it. */
function headOf(root: Node): Span {
  const type = member(root, "resourceType");
  return type ? { start: type.at.start, end: type.value.end } : { start: root.start, end: Math.min(root.end, root.start + 1) };
}
