// axe in the page: serious and critical findings fail.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** `within` keeps axe to a part of the page whose rest was looked at already. */
export async function nothingSerious(page, within) {
  // Through the debugger: the content security policy rightly refuses scripts that are put into the page.
  await page.evaluate(source);
  const { violations } = await page.evaluate((part) => globalThis.axe.run(part ?? document, { resultTypes: ["violations"] }), within);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (serious.length === 0) return;
  const says = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
  throw new Error(says.join("\n"));
}
