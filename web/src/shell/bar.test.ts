import { describe, expect, it } from "vitest";
import { barOf } from "./bar";

describe("the foot bar of a phone", () => {
  const paths = ["/", "/feeds", "/inbox", "/reviews", "/jobs", "/residents"];
  it("shows all where they fit", () => {
    expect([...barOf(paths.slice(0, 5), "/jobs")]).toEqual(["/", "/feeds", "/inbox", "/reviews", "/jobs"]);
  });
  it("leaves the last of five places to the others", () => {
    expect([...barOf(paths, "/")]).toEqual(["/", "/feeds", "/inbox", "/reviews"]);
    expect([...barOf(paths, "/inbox")]).toEqual(["/", "/feeds", "/inbox", "/reviews"]);
    expect([...barOf(paths, "/nowhere")]).toEqual(["/", "/feeds", "/inbox", "/reviews"]);
  });
  it("always shows where one is", () => {
    expect([...barOf(paths, "/jobs")]).toEqual(["/", "/feeds", "/inbox", "/jobs"]);
    expect([...barOf(paths, "/residents/1")]).toEqual(["/", "/feeds", "/inbox", "/residents"]);
    expect([...barOf(paths, "/jobs-of-others")]).toEqual(["/", "/feeds", "/inbox", "/reviews"]);
  });
});
