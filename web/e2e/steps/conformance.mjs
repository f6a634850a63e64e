// The conformance page: what the server says of itself, and the browser's own trials of it.
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";
import { shooter } from "../lib/shots.mjs";

const stands = (page) => page.locator("main#work tr[data-type]").first().waitFor();

async function runs(page, start) {
  await page.getByRole("button", { name: start, exact: true }).click();
  // The button comes back under its second name.
  await page.waitForFunction(() => document.querySelectorAll("tr[data-probe]").length > 20 && !document.querySelector("main#work .ant-btn-loading"), undefined, { timeout: 30_000 });
}

export default async function conformance({ place, api, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("operator"));
  await page.goto(`${place.url}/conformance`);

  await check("shows what the statement says; axe finds nothing serious", async () => {
    await stands(page);
    const told = await api.get("metadata");
    must((await page.locator("tr[data-type]").count()) === told.rest[0].resource.length, "not every type is shown");
    await page.getByText(told.format.join("  ")).waitFor();
    await nothingSerious(page);
  });
  await check("one type in full, by its address", async () => {
    await page.getByLabel("类型、操作或参数名").fill("ValueSet");
    await page.locator('tr[data-type="ValueSet"] button').click();
    await page.locator("[role=dialog]").getByText("检索参数").waitFor();
    await page.waitForFunction(() => new URL(location.href).searchParams.get("type") === "ValueSet");
    await page.keyboard.press("Escape");
  });
  await check("the checks run, and none fails", async () => {
    await page.goto(`${place.url}/conformance`);
    await stands(page);
    await runs(page, "开始检查");
    const failed = await page.locator('tr[data-state="failed"]').allInnerTexts();
    for (const row of await page.locator("tr[data-probe]").allInnerTexts()) console.log(`        ${row.replace(/\s*\n\s*|\t+/g, " | ")}`);
    must(failed.length === 0, failed.join("\n"));
    await nothingSerious(page);
  });
  await check("no figures of outside suites are made up", () => page.getByText("本页因此不列数字").waitFor());
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();

  for (const [word, size] of [["desk", DESK], ["phone", PHONE]]) {
    for (const language of ["zh-CN", "en"]) {
      await check(`${word} ${language} is not wider than the window`, async () => {
        const other = await newPage(browser, { size, language });
        await signIn(other.page, place, place.user("operator"));
        await other.page.goto(`${place.url}/conformance`);
        await stands(other.page);
        await runs(other.page, language === "en" ? "Run the checks" : "开始检查");
        await shooter(other.page, `${word}-${language}`)("conformance");
        const over = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        must(over <= 0, `${over} px too wide`);
        await other.close();
      });
    }
  }
}
