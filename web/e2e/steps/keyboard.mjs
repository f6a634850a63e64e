// The record with the keyboard alone.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function keyboard({ place, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await check("the first Tab leads past the menus", async () => {
    await page.keyboard.press("Tab");
    must((await page.evaluate(() => document.activeElement?.getAttribute("href"))) === "#work", "no skip link");
  });
  await check("a trend opens with Enter and closes with Escape, and the focus comes back", async () => {
    const name = page.locator("#results tbody tr button").first();
    await name.focus();
    await page.keyboard.press("Enter");
    await page.locator("[role=dialog]").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.searchParams.has("trend"));
    await page.waitForFunction(() => document.activeElement?.closest("#results") !== null);
  });
  await check("a tip shows on focus", async () => {
    await page.locator("#problems button[data-tip]").first().focus();
    await page.locator("[role=tooltip]").waitFor();
  });
  await close();
}
