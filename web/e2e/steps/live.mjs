// A message arrives at the hospital's door, and the value appears in the open record.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { oru, send } from "../lib/hl7.mjs";
import { must } from "../lib/report.mjs";

export default async function live({ place, resident, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await page.locator('[data-state="live"]').first().waitFor();
  await page.evaluate(() => {
    globalThis.sameDocument = true;
  });
  const value = (6 + Math.random() * 2).toFixed(2);
  const message = oru(resident, { code: "2823-3", text: "钾", value, unit: "mmol/L", range: "3.5-5.3", flag: "HH" });
  const row = page.locator('#results tr[data-code="2823-3"]');
  let sent = 0;

  await check("the hospital's message is acknowledged with AA", async () => {
    sent = performance.now();
    const answer = await send(place.mllp, message.text);
    must(new RegExp(`MSA\\|AA\\|${message.control}`).test(answer), answer);
  });
  await check("its value appears without a reload", async () => {
    await row.filter({ hasText: value }).waitFor();
    const took = performance.now() - sent;
    console.log(`        visible ${Math.round(took)} ms after it was sent (budget 1000 at p95)`);
    must(await page.evaluate(() => globalThis.sameDocument === true), "the page was loaded anew");
  });
  await check("it is marked as new, with a word and critical with a sign", async () => {
    must((await row.getAttribute("data-fresh")) === "true", "no mark");
    must((await row.innerText()).includes("新"), await row.innerText());
    must((await row.locator('[data-flag="HH"]').count()) > 0, "no critical sign");
  });
  await check("the rail tells that it arrived", () => page.getByRole("region", { name: "刚刚到达" }).waitFor());
  await check("the same message again changes nothing", async () => {
    const answer = await send(place.mllp, message.text);
    must(/MSA\|AA/.test(answer), answer);
    await row.locator("button").first().click();
    await page.locator("[role=dialog] tbody tr").first().waitFor();
    const times = await page.locator("[role=dialog] tbody tr").filter({ hasText: value }).count();
    must(times === 1, `the value stands ${times} times in the trend`);
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
