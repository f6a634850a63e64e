// The look is in the resident's log.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function looks({ place, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await check("this very look stands in 'who looked', marked as the reader's own", async () => {
    const mine = page.locator("#looks li").filter({ hasText: "本人" });
    await mine.first().waitFor();
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date()).slice(5);
    must((await mine.first().innerText()).includes(today), await mine.first().innerText());
  });
  await check("the server's own answer names the user and the institution", async () => {
    const who = await page.evaluate(async (id) => (await fetch(`/fhir/Patient/${id}/$who-looked?_count=5`)).json(), resident.id);
    const text = JSON.stringify(who.entry?.[0]?.resource ?? {});
    must(text.includes(place.user("doctor").username), text.slice(0, 400));
    must(text.includes(place.user("doctor").institution), text.slice(0, 400));
  });
  await close();
}
