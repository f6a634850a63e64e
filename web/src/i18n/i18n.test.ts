import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] => {
    const at = path ? `${path}.${key}` : key;
    return typeof value === "string" ? [[at, value]] : leaves(value, at);
  });
}

const holes = (words: string) => [...words.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe("words", () => {
  const chinese = new Map(leaves(zh));
  const english = new Map(leaves(en));
  it("are complete in both languages", () => {
    expect([...english.keys()]).toEqual([...chinese.keys()]);
  });
  it("have the same holes in both", () => {
    for (const [key, words] of chinese) expect([key, holes(english.get(key) ?? "")]).toEqual([key, holes(words)]);
  });
  it("do not shout", () => {
    for (const words of [...chinese.values(), ...english.values()]) expect(words).not.toMatch(/[!！]/);
  });
  it("are punctuated as Chinese is written", () => {
    for (const [key, words] of chinese) expect([key, /\p{Script=Han}[,;:?]/u.test(words)]).toEqual([key, false]);
  });
});
