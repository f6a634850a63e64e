// Finding one resident four ways.
import { newPage, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

export default async function search({ place, resident, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  const row = () => page.locator(`main#work tr:has(a[href="/residents/${resident.id}"])`);
  const ask = async (words) => {
    await page.goto(`${place.url}/residents`);
    await page.locator("main#work input").fill(words);
  };

  await check(`pinyin initials (${resident.initials}) find ${resident.name}`, async () => {
    await ask(resident.initials);
    await row().waitFor();
  });
  await check("the row names the institutions and hides the identity number", async () => {
    const text = await row().innerText();
    must(!resident.identity || !text.includes(resident.identity), "the whole identity number is shown");
    must(text.includes(resident.name), text);
    must((await row().locator("td:last-child [class*=tick]").count()) >= 3, `fewer than three institutions: ${text}`);
  });
  await check("the URL carries the question", async () => {
    must(new URL(page.url()).searchParams.get("q") === resident.initials, page.url());
    await page.reload();
    await row().waitFor();
  });
  await check("the name finds", async () => {
    await ask(resident.name);
    await row().waitFor();
  });
  if (resident.identity) {
    await check("the identity number finds exactly one", async () => {
      await ask(resident.identity);
      await row().waitFor();
      must((await page.locator("main#work tbody tr").count()) === 1, "more than one row");
    });
  }
  await check("nothing found is said, with what to do", async () => {
    await ask("zzzzqx");
    await page.getByText("没有找到符合的居民").waitFor();
  });
  await check("arrows and Enter open a record without the mouse", async () => {
    await ask(resident.identity ?? resident.name);
    await row().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/residents\/[^/?]+$/);
  });
  await check("Ctrl-K finds from anywhere", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(resident.initials);
    await page.getByRole("option").filter({ hasText: resident.name }).first().waitFor();
    await page.keyboard.press("Escape");
  });
  await check("axe finds nothing serious", async () => {
    await ask(resident.initials);
    await row().waitFor();
    await nothingSerious(page);
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
