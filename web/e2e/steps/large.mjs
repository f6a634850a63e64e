// Large type and high contrast: remembered, and nothing breaks.
import { newPage, openRecord, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

export default async function large({ place, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await check("large type is chosen in the menu and remembered", async () => {
    await page.locator("[aria-haspopup=menu]").click();
    await page.getByText("大字", { exact: true }).click();
    await page.reload();
    await page.waitForSelector("main#work");
    must((await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)) === "17.5px", "it is not larger");
  });
  await check("the record in large type has no sideways scroll and no serious finding", async () => {
    await openRecord(page, place, resident.id);
    must((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "it scrolls sideways");
    await nothingSerious(page);
  });
  await close();
  const stark = await newPage(browser, { size: PHONE, language: "en", prefs: { contrast: true } });
  await signIn(stark.page, place, place.user("doctor"));
  await check("high contrast on a phone, in English, has no serious finding either", async () => {
    await openRecord(stark.page, place, resident.id);
    must((await stark.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "it scrolls sideways");
    await nothingSerious(stark.page);
  });
  await stark.close();
}
