// Where pictures go, and how they are named.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const FOLDER = process.env.MERIDIAN_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), "..", "shots");

/** Takes pictures of a page under names that begin alike. */
export function shooter(page, name) {
  mkdirSync(FOLDER, { recursive: true });
  return (what) => page.screenshot({ path: join(FOLDER, `${name}-${what}.png`) });
}
