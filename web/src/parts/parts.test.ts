import { describe, expect, it } from "vitest";
import { institutionColour } from "../theme/palette";
import { press } from "./keys/chord";
import { KEYS } from "./keys/table";
import { BEYOND, spanOf } from "./span";

describe("a long list", () => {
  it("draws what is in view and a little beyond", () => {
    expect(spanOf(300, 50, 100, 1100, 2100)).toEqual({ from: 20 - BEYOND, to: 40 + BEYOND });
  });
  it("keeps inside its ends, and draws nothing when it is far away", () => {
    expect(spanOf(300, 50, 0, 0, 500)).toEqual({ from: 0, to: 10 + BEYOND });
    expect(spanOf(300, 50, 0, 14_900, 15_400)).toEqual({ from: 298 - BEYOND, to: 300 });
    const far = spanOf(300, 50, 50_000, 0, 500);
    expect(far.to - far.from).toBe(0);
  });
  it("draws a short list whole, wherever it is", () => expect(spanOf(8, 50, 50_000, 0, 500)).toEqual({ from: 0, to: 8 }));
});

describe("keys", () => {
  const firsts = new Set(["g"]);
  it("waits for the second of a pair and forgets it after", () => {
    expect(press("g", "", firsts)).toEqual({ chord: "", waiting: "g" });
    expect(press("r", "g", firsts)).toEqual({ chord: "g r", waiting: "" });
    expect(press("j", "", firsts)).toEqual({ chord: "j", waiting: "" });
  });
  it("stand once in the table", () => expect(new Set(KEYS.map(({ keys }) => keys)).size).toBe(KEYS.length));
});

describe("colours of institutions", () => {
  it("tell the institutions of a district apart that register residents", () => {
    const codes = ["CJ01", "CJ02", "CJ03", "CJ11", "CJ12", "CJ13", "CJ14", "CJ15", "CJ16"];
    expect(new Set(codes.map(institutionColour)).size).toBe(codes.length);
  });
});
