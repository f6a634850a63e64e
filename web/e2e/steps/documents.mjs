// A document opens as text.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function documents({ place, resident, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await check("its words can be read", async () => {
    await page.locator("#documents li button").first().click();
    const article = page.locator("[role=dialog] article");
    await article.waitFor();
    await page.waitForFunction(() => (document.querySelector("[role=dialog] article")?.textContent ?? "").length > 60);
    must(/[\u4e00-\u9fff]/.test(await article.innerText()), "no Chinese words in it");
  });
  await check("the open document stands in the URL", async () => {
    await page.reload();
    await page.locator("[role=dialog] article").waitFor();
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
