// Pictures for people to look at.
import { TREND } from "../lib/resident.mjs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { aChild } from "./child.mjs";
import { FOLDER } from "../lib/shots.mjs";
import { DESK, newPage, openRecord, PHONE, signIn } from "../lib/browser.mjs";

export default async function shots({ place, api, resident, browser, check }) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [word, size] of [["desk", DESK], ["phone", PHONE]]) {
    for (const language of ["zh-CN", "en"]) {
      await check(`${word} ${language}`, () => series(`${word}-${language}`, { size, language }));
    }
  }
  const child = await aChild(api);
  await check("visit, child, keys and paper", async () => {
    const { page, close } = await newPage(browser);
    const shot = (what) => page.screenshot({ path: join(FOLDER, `desk-zh-CN-${what}.png`) });
    await signIn(page, place, place.user("doctor"));
    await openRecord(page, place, resident.id);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await shot("keys");
    await page.keyboard.press("Escape");
    await page.locator("#timeline ol button").first().click();
    await page.waitForSelector("main#work dl");
    await shot("visit");
    if (child) {
      await openRecord(page, place, child.id);
      await page.locator("#growth canvas").waitFor();
      await page.locator("#growth").scrollIntoViewIfNeeded();
      await shot("child");
    }
    await openRecord(page, place, resident.id);
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: "print" });
    await page.locator("#paper").waitFor();
    await shot("paper");
    await close();
  });
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
    const [key, against] = TREND.map(encodeURIComponent);
    await openRecord(page, place, resident.id, `?trend=${key}&with=${against}`);
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
