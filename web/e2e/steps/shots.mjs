// Pictures for people to look at.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESK, newPage, openRecord, PHONE, signIn } from "../lib/browser.mjs";

const FOLDER = process.env.MERIDIAN_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), "..", "shots");

export default async function shots({ place, resident, browser, check }) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [word, size] of [["desk", DESK], ["phone", PHONE]]) {
    for (const language of ["zh-CN", "en"]) {
      await check(`${word} ${language}`, () => series(`${word}-${language}`, { size, language }));
    }
  }
  await check("desk large", () => series("desk-large", { size: DESK, prefs: { large: true } }));

  async function series(name, how) {
    const shot = (page, what) => page.screenshot({ path: join(FOLDER, `${name}-${what}.png`) });
    const { page, close } = await newPage(browser, how);
    await page.goto(place.url);
    await page.waitForSelector("#username");
    await shot(page, "signin");
    await signIn(page, place, place.user("doctor"));
    await page.goto(`${place.url}/residents?q=${resident.initials.slice(0, 1)}`);
    await page.waitForSelector("main#work tbody tr");
    await shot(page, "search");
    await openRecord(page, place, resident.id);
    await page.waitForTimeout(300);
    await shot(page, "record");
    const key = encodeURIComponent("http://loinc.org|4548-4");
    await openRecord(page, place, resident.id, `?trend=${key}`);
    await page.locator("[role=dialog] canvas").waitFor();
    await page.waitForTimeout(300);
    await shot(page, "trend");
    await close();
    const other = await newPage(browser, how);
    await signIn(other.page, place, place.user("operator"));
    await other.page.waitForTimeout(800);
    await shot(other.page, "operator");
    await other.page.goto(`${place.url}/inbox?state=all`);
    await other.page.waitForSelector("main#work tbody tr");
    await shot(other.page, "inbox");
    await other.close();
  }
}
