// Tabs bound to residents: what stood open comes back, in this window and in another.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function tabs({ place, api, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  const other = (await api.get("Patient?_tag=https://meridian.example/record%7Cgolden&_count=20")).entry
    .map(({ resource }) => resource)
    .find(({ id, link }) => id !== resident.id && link?.length > 0);
  const tab = (name) => page.getByRole("navigation", { name: "已打开的居民" }).locator("[data-here]").filter({ hasText: name });
  const otherName = other.name[0].text ?? other.name[0].family + other.name[0].given.join("");
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await page.locator("#timeline ol button").first().click();
  await page.getByText("回到全部记录").waitFor();
  const left = page.url();

  await check("each resident has a tab, and the keys [ and ] go from one to the next", async () => {
    await openRecord(page, place, other.id);
    must((await page.locator("h1").first().innerText()) === otherName, "another resident is shown");
    await page.keyboard.press("[");
    await page.waitForURL((url) => url.pathname.endsWith(resident.id));
    await page.locator("header h1").filter({ hasText: resident.name }).waitFor();
  });
  await check("a tab shows again what it showed when it was left", () => must(page.url() === left, `${page.url()} is not ${left}`));
  await check("tabs and the open visit survive a reload", async () => {
    await page.reload();
    await page.getByText("回到全部记录").waitFor();
    must((await tab(otherName).count()) === 1, "the other tab is gone");
  });
  await check("the address opens the same in a second window, which has tabs of its own", async () => {
    const second = await page.context().newPage();
    await second.goto(left);
    await second.getByText("回到全部记录").waitFor();
    await second.getByRole("navigation", { name: "已打开的居民" }).waitFor();
    must((await second.getByRole("navigation", { name: "已打开的居民" }).locator("[data-here]").count()) === 1, "tabs leaked into another window");
    await second.close();
  });
  await check("the address of a registration leads to its person, and leaves no tab of its own", async () => {
    const registration = other.link[0].other.reference.split("/")[1];
    await page.goto(`${place.url}/residents/${registration}`);
    await page.waitForURL((url) => url.pathname.endsWith(other.id));
    await page.locator("header h1").filter({ hasText: otherName }).waitFor();
    must((await tab(otherName).count()) === 1, "the registration has a tab");
    await openRecord(page, place, resident.id);
  });
  await check("closing a tab leads to its neighbour", async () => {
    await page.getByRole("button", { name: `关闭 ${resident.name}` }).click();
    await page.waitForURL((url) => url.pathname.endsWith(other.id));
    must((await tab(resident.name).count()) === 0, "the tab is still there");
  });
  await close();
}
