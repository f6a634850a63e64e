// A small child: growth over the standard's curves, and the schedule of vaccinations.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

/** A child between one and five years of age who was weighed at least twice and vaccinated. */
export async function aChild(api) {
  const year = new Date().getFullYear();
  const query = `Patient?_tag=https://meridian.example/record%7Cgolden&birthdate=ge${year - 5}&birthdate=le${year - 1}&_count=100`;
  for (const { resource } of (await api.get(query)).entry ?? []) {
    const of = encodeURIComponent(`Patient/${resource.id}`);
    const [weights, doses] = await api.batch([`Observation?patient=${of}&code=29463-7&_summary=count`, `Immunization?patient=${of}&_summary=count`]);
    if (weights.resource.total > 1 && doses.resource.total > 1) return resource;
  }
  return undefined;
}

export default async function child({ place, api, browser, check }) {
  const found = await aChild(api);
  if (!found) throw new Error("the demo has no small child with weights and vaccinations");
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, found.id);
  await check("weight stands over the curves, with a percentile for each value", async () => {
    await page.locator("#growth canvas").waitFor();
    must(/P\d+/.test(await page.locator("#growth tbody").innerText()), "no percentile");
  });
  await check("height is a press away and stands in the URL", async () => {
    await page.locator("#growth").getByText("身长/身高").click();
    await page.waitForURL(/growth=height/);
  });
  await check("the schedule marks what was given, by word as well as by colour", async () => {
    must((await page.locator('#vaccinations [data-state="given"]').count()) > 0, "nothing is marked as given");
    must(/已接种/.test((await page.locator('#vaccinations [data-state="given"]').first().textContent()) ?? ""), "no word");
    await nothingSerious(page);
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
