// Walks through the pages of a running server in a real Chromium, and says what passed.
//
//   MERIDIAN_READY=ready.json node e2e/run.mjs [step ...]
//
// MERIDIAN_READY is the file that `meridian demo --ready-file` writes; MERIDIAN_URL takes the place of its address.
// Screenshots go to e2e/shots/ (MERIDIAN_SHOTS elsewhere). Exits 1 when anything failed.
import { open } from "./lib/browser.mjs";
import { ready } from "./lib/ready.mjs";
import { report } from "./lib/report.mjs";
import { apiOf } from "./lib/api.mjs";
import { aResident } from "./lib/resident.mjs";

const STEPS = ["signin", "search", "record", "live", "looks", "keyboard", "tabs", "alike", "child", "mother", "paper", "heavy", "documents", "states", "operator", "fhir", "terms", "validate", "conformance", "tour", "large", "shots"];

const wanted = process.argv.slice(2);
const place = ready();
const api = apiOf(place);
const resident = await aResident(api);
const browser = await open();
const { check, summary } = report();
try {
  for (const name of STEPS.filter((one) => wanted.length === 0 || wanted.includes(one))) {
    const { default: step } = await import(`./steps/${name}.mjs`);
    console.log(name);
    await step({ place, api, resident, browser, check: (what, prove) => check(`${name}: ${what}`, prove) });
  }
} finally {
  await browser.close();
}
process.exit(summary() ? 0 : 1);
