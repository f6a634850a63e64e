// Weighs what the browser loads before the first page stands, and fails above the budget.
// The shell is index.html plus every script and style that it names directly or statically imports, and the words of one
// language: main.tsx waits for them.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const BUDGET_KB = 300;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const html = readFileSync(join(dist, "index.html"), "utf8");
const seen = new Map();

function weigh(path) {
  if (seen.has(path)) return;
  const text = readFileSync(join(dist, path));
  seen.set(path, gzipSync(text).length);
  if (!path.endsWith(".js")) return;
  const statics = text.toString("utf8").matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g);
  for (const [, name] of statics) weigh(posix.join(posix.dirname(path), name));
}

for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)) weigh(path);
for (const name of readdirSync(join(dist, "assets"))) if (/^zh-.*\.js$/.test(name)) weigh(`assets/${name}`);
const bytes = gzipSync(html).length + [...seen.values()].reduce((sum, size) => sum + size, 0);
const kilobytes = Math.round(bytes / 1000);
console.log(`first load: ${kilobytes} kB gzip in ${seen.size + 1} files (budget ${BUDGET_KB} kB)`);
if (kilobytes > BUDGET_KB) process.exit(1);
