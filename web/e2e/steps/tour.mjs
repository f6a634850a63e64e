// The tour: each button does what it says, for a doctor and for an operator.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";
import { nothingSerious } from "../lib/axe.mjs";

const SHOTS = process.env.MERIDIAN_SHOTS ?? new URL("../shots", import.meta.url).pathname;

export default async function tour({ place, browser, check }) {
  mkdirSync(SHOTS, { recursive: true });
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await check("it is in the menu of a demo", async () => {
    await page.locator('nav a[href="/tour"]').click();
    await page.waitForSelector("#step-5");
  });
  const run = (nth) => page.locator(`#step-${nth} button.ant-btn-primary`).click();
  const held = (nth, count) =>
    page.waitForFunction(
      ([step, wanted]) => document.querySelectorAll(`#step-${step} [data-holds="true"]`).length >= wanted && !document.querySelector(`#step-${step} [data-holds="false"]`),
      [nth, count],
      { timeout: 60_000 },
    );
  await check("a message lands and the page hears of it", async () => {
    await run(1);
    await held(1, 2);
  });
  await check("a server is killed, and nothing is lost or doubled", async () => {
    await run(2);
    await held(2, 1);
    const lines = await page.locator("#step-2 ol li").count();
    must(lines === 4, `${lines} events`);
  });
  await check("the own look is found", async () => {
    await run(3);
    await held(3, 1);
  });
  await check("both wrong-patient writes are refused", async () => {
    await run(4);
    await held(4, 2);
  });
  await check("axe finds nothing serious", () => nothingSerious(page));
  await page.setViewportSize({ width: DESK.width, height: 2600 });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(SHOTS, "tour-zh.png") });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();

  for (const [word, how] of [["en", { language: "en", size: DESK }], ["phone", { size: PHONE }]]) {
    const other = await newPage(browser, how);
    await signIn(other.page, place, place.user("operator"));
    await other.page.goto(`${place.url}/tour`);
    await other.page.waitForSelector("#step-5");
    await check(`${word}: nothing is wider than the page`, async () => {
      const over = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      must(over <= 0, `${over} px too wide`);
    });
    await other.page.waitForTimeout(300);
    await other.page.screenshot({ path: join(SHOTS, `tour-${word}.png`) });
    await other.close();
  }
}
