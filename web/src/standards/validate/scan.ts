//! JSON read with the place of everything kept. What `JSON.parse` forgets is what an editor needs: where a value begins
//! and ends. Faults of the text itself are told with their place too. Pure; depth is bounded, nothing else is.

export interface Span {
  start: number;
  end: number;
}

export type Node = Span &
  (
    | { kind: "object"; members: Member[] }
    | { kind: "array"; items: Node[] }
    | { kind: "string"; value: string }
    | { kind: "number" | "boolean" | "null" }
  );

export interface Member {
  key: string;
  /** The key with its quotation marks. */
  at: Span;
  value: Node;
}

/** What is wrong with the text, so that each language has its own words for it. */
export type TextFault = "empty" | "value" | "key" | "colon" | "comma" | "string" | "escape" | "control" | "number" | "depth" | "rest" | "twice";

export class ScanFault extends Error {
  constructor(
    readonly fault: TextFault,
    readonly at: number,
  ) {
    super(`${fault} at ${at}`);
    this.name = "ScanFault";
  }
}

/** Deeper than any resource goes, and far from what the stack can bear. */
const DEEPEST = 200;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Node {
    // A byte order mark is no part of JSON, but of many files.
    if (this.text.startsWith("\uFEFF")) this.at = 1;
    this.space();
    if (this.at >= this.text.length) throw new ScanFault("empty", 0);
    const node = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new ScanFault("rest", this.at);
    return node;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private value(depth: number): Node {
    if (depth > DEEPEST) throw new ScanFault("depth", this.at);
    const start = this.at;
    switch (this.text[start]) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth);
      case '"': {
        const value = this.string();
        return { kind: "string", value, start, end: this.at };
      }
      case "t":
        return this.word("true", "boolean");
      case "f":
        return this.word("false", "boolean");
      case "n":
        return this.word("null", "null");
      default:
        return this.number();
    }
  }

  private word(word: string, kind: "boolean" | "null"): Node {
    const start = this.at;
    if (!this.text.startsWith(word, start)) throw new ScanFault("value", start);
    this.at += word.length;
    return { kind, start, end: this.at };
  }

  private number(): Node {
    const start = this.at;
    NUMBER.lastIndex = start;
    const found = NUMBER.exec(this.text);
    if (!found) throw new ScanFault("value", start);
    this.at = start + found[0].length;
    // `01`, `1.` and `1e` begin as numbers do.
    if (/[\w.+-]/.test(this.text[this.at] ?? "")) throw new ScanFault("number", start);
    return { kind: "number", start, end: this.at };
  }

  private string(): string {
    const start = this.at;
    let value = "";
    this.at += 1;
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text)?.[0] ?? "";
      value += plain;
      this.at += plain.length;
      const letter = this.text[this.at];
      if (letter === undefined) throw new ScanFault("string", start);
      if (letter === '"') {
        this.at += 1;
        return value;
      }
      // A line that ends inside of a string has lost its quotation mark.
      if (letter !== "\\") throw new ScanFault(letter === "\n" || letter === "\r" ? "string" : "control", letter === "\n" || letter === "\r" ? start : this.at);
      value += this.escape();
    }
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? "";
    if (letter === "u") {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[\da-fA-F]{4}$/.test(digits)) throw new ScanFault("escape", this.at);
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meant = ESCAPES[letter];
    if (meant === undefined) throw new ScanFault("escape", this.at);
    this.at += 2;
    return meant;
  }

  private array(depth: number): Node {
    const start = this.at;
    const items: Node[] = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === "]") {
      this.at += 1;
      return { kind: "array", items, start, end: this.at };
    }
    for (;;) {
      this.space();
      items.push(this.value(depth + 1));
      if (this.ends("]")) return { kind: "array", items, start, end: this.at };
    }
  }

  private object(depth: number): Node {
    const start = this.at;
    const members: Member[] = [];
    const keys = new Set<string>();
    this.at += 1;
    this.space();
    if (this.text[this.at] === "}") {
      this.at += 1;
      return { kind: "object", members, start, end: this.at };
    }
    for (;;) {
      this.space();
      const from = this.at;
      if (this.text[from] !== '"') throw new ScanFault("key", from);
      const key = this.string();
      if (keys.has(key)) throw new ScanFault("twice", from);
      keys.add(key);
      const at = { start: from, end: this.at };
      this.space();
      if (this.text[this.at] !== ":") throw new ScanFault("colon", this.at);
      this.at += 1;
      this.space();
      members.push({ key, at, value: this.value(depth + 1) });
      if (this.ends("}")) return { kind: "object", members, start, end: this.at };
    }
  }

  /** After an item: the end, or a comma and another one. */
  private ends(closing: "]" | "}"): boolean {
    this.space();
    const letter = this.text[this.at];
    if (letter !== closing && letter !== ",") throw new ScanFault("comma", this.at);
    this.at += 1;
    return letter === closing;
  }
}

/** Throws a `ScanFault` where the text is no JSON. */
export function scan(text: string): Node {
  return new Scanner(text).whole();
}

/** The member of an object. */
export function member(node: Node | undefined, key: string): Member | undefined {
  return node?.kind === "object" ? node.members.find((one) => one.key === key) : undefined;
}

export function stringAt(node: Node | undefined, key: string): string | undefined {
  const value = member(node, key)?.value;
  return value?.kind === "string" ? value.value : undefined;
}
