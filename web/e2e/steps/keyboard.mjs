// The record with the keyboard alone.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
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
  const within = (id) => page.waitForFunction((part) => document.activeElement?.closest(`#${part}`) !== null, id);
  await check("? shows every key, and Escape puts the sheet away", async () => {
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("键盘操作").waitFor();
    await nothingSerious(page, "[role=dialog]");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });
  await check("g and a letter lead to a part, j and k from row to row", async () => {
    for (const [letter, part] of [["r", "results"], ["m", "medicines"], ["d", "documents"], ["t", "timeline"]]) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await within(part);
    }
    const rowText = () => page.evaluate(() => document.activeElement?.closest("li")?.textContent ?? "");
    await page.keyboard.press("g");
    await page.keyboard.press("t");
    const first = await rowText();
    await page.keyboard.press("j");
    const second = await rowText();
    must(first && second && first !== second, `j stayed at ${first}`);
    await page.keyboard.press("k");
    must((await rowText()) === first, "k did not come back");
  });
  await check("Enter opens a visit, Escape leaves it", async () => {
    await page.keyboard.press("Enter");
    await page.waitForURL(/visit=/);
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.searchParams.has("visit"));
  });
  await check("a long timeline is walked to its end with j", async () => {
    const total = Number(/\d+/.exec(await page.locator("#timeline header").innerText())?.[0]);
    for (let n = 0; n < total + 2; n += 1) await page.keyboard.press("j");
    const last = await page.evaluate(() => [...document.querySelectorAll("#timeline ol")].at(-1)?.contains(document.activeElement));
    must(last, "the focus was lost on the way");
  });
  await close();
}
