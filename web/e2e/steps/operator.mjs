// The operator's workbench: what is so, what needs a hand, and that nobody is looked at unrecorded.
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { send } from "../lib/hl7.mjs";
import { must } from "../lib/report.mjs";

const PAGES = ["", "feeds", "inbox?state=all", "reviews", "jobs", "store", "audit"];

const withoutPatient = (control) =>
  `MSH|^~\\&|SYNTHETIC-HIS|CJ01|MERIDIAN|CJ00|20260105143200+0800||ORU^R01^ORU_R01|${control}|P|2.5|||||CHN|UNICODE UTF-8\rPID|1\rOBX|1|NM|2823-3^K^LN||4.1|mmol/L\r`;

/** The page has what it shows: no bones are left. */
const settled = (page) => page.waitForFunction(() => document.querySelector("main#work h1") && !document.querySelector('main#work [role="status"][aria-label]'));

export default async function operator({ place, api, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("operator"));

  for (const path of PAGES) {
    await check(`/${path} stands and axe finds nothing serious`, async () => {
      await page.goto(`${place.url}/${path}`);
      await settled(page);
      must((await page.locator('main#work [role="alert"]').count()) === 0, await page.locator("main#work").innerText());
      await nothingSerious(page);
    });
  }
  await check("the start page's tiles lead to their pages", async () => {
    await page.goto(place.url);
    await settled(page);
    for (const name of ["/feeds", "/inbox", "/reviews", "/jobs", "/store", "/audit"]) {
      must((await page.locator(`main#work h2 a[href="${name}"]`).count()) === 1, `no tile to ${name}`);
    }
  });
  await check("feeds of both protocols have counts that the record agrees with", async () => {
    await page.goto(`${place.url}/feeds`);
    await settled(page);
    const row = page.locator('main#work tr[data-feed="CJ01"]').first();
    await row.waitFor();
    await page.locator('main#work tr[data-feed="CJ11"]').first().waitFor();
    const told = await api.get("$feeds");
    const part = (feed, name) => feed.part.find((one) => one.name === name);
    const feed = told.parameter.find((one) => one.name === "feed" && part(one, "institution").valueString === "CJ01");
    const received = part(feed, "received").valueInteger;
    must(received > 0, "nothing received");
    await page.waitForFunction((n) => document.querySelector('tr[data-feed="CJ01"]').innerText.includes(n.toLocaleString("zh-CN")), received);
  });
  await check("a message that cannot be mapped appears among the parked, without a reload", async () => {
    await page.goto(`${place.url}/inbox`);
    await page.locator('header [data-state="live"]').waitFor();
    const control = `E2E${Date.now()}`;
    await page.mouse.move(5, 5);
    await send(place.mllp, withoutPatient(control));
    await page.locator("main#work tbody tr").filter({ hasText: control }).click();
  });
  await check("it shows its fields by name, why it was parked, and what to do", async () => {
    await page.locator('[data-tip^="PID-1"]').first().waitFor();
    await page.getByText("搁置原因").waitFor();
    await page.getByText("怎么办").waitFor();
    await page.getByRole("button", { name: "MSH", exact: true }).click();
    await page.getByText("MSH-10 消息控制号").waitFor();
    await nothingSerious(page);
  });
  await check("it can be replayed", async () => {
    await page.locator("section header").getByRole("button", { name: /重放$/ }).click();
    await page.getByText(/已重放/).waitFor();
  });
  await check("rows under the pointer do not move; what came is offered", async () => {
    const first = page.locator("main#work tbody tr").first();
    await first.hover();
    const before = await first.innerText();
    await send(place.mllp, withoutPatient(`E2EHOLD${Date.now()}`));
    await page.getByRole("button", { name: /条更新/ }).waitFor();
    must((await first.innerText()) === before, "the row moved");
    await page.getByRole("button", { name: /条更新/ }).click();
    await page.waitForFunction((text) => document.querySelector("main#work tbody tr").innerText !== text, before);
  });
  await check("all of a filter are replayed, with counts", async () => {
    await page.goto(`${place.url}/inbox?control=E2E`);
    await settled(page);
    await page.getByRole("button", { name: /重放符合条件/ }).click();
    await page.locator("#layer").getByRole("button", { name: "重放", exact: true }).click();
    await page.getByText(/重放完毕/).waitFor();
  });
  await check("committed messages lead to what they wrote, as FHIR", async () => {
    await page.goto(`${place.url}/inbox?state=committed`);
    await settled(page);
    await page.locator("main#work tbody tr").first().click();
    await page.locator("section button[aria-pressed]").first().click();
    await page.locator("section pre").filter({ hasText: "resourceType" }).waitFor();
    await nothingSerious(page);
  });
  await check("the keyboard walks the rows and opens one", async () => {
    await page.goto(`${place.url}/inbox?state=committed`);
    await settled(page);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => new URL(location.href).searchParams.has("message"));
  });
  await check("the audit finds one's own look, and the search itself is recorded", async () => {
    const user = place.user("operator").username;
    await page.goto(`${place.url}/audit?actor=${user}&act=inbox-message`);
    await settled(page);
    must((await page.locator("main#work tbody tr").count()) > 0, "the opened message is not in the audit");
    await page.goto(`${place.url}/audit?actor=${user}&act=audit`);
    await settled(page);
    must((await page.locator("main#work tbody tr").count()) > 0, "the search is not in the audit");
  });
  await check("the store counts its tables when asked", async () => {
    await page.goto(`${place.url}/store`);
    await settled(page);
    await page.getByRole("button", { name: "清点" }).click();
    await page.locator("code").filter({ hasText: "audit_write" }).waitFor();
  });
  await check("a pair is decided by the keyboard alone, and the next one opens", async () => {
    await page.goto(`${place.url}/reviews`);
    await settled(page);
    if ((await page.locator("main#work tbody tr[data-chosen]").count()) === 0) return; // nobody to review in this district
    const first = page.locator('main#work tr[data-chosen="true"]').first();
    const before = await page.locator("main#work tr[data-chosen]").count();
    await first.waitFor();
    await page.keyboard.press("d");
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await page.getByText("已记为不同的人").waitFor();
    await page.waitForFunction((n) => document.querySelectorAll("main#work tr[data-chosen]").length < n || n === 1, before);
  });
  await check("the bell tells how many notices there are", () => page.getByRole("button", { name: /^提醒 \d+ 条$/ }).waitFor());
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();

  for (const [word, size] of [["1440 wide", DESK], ["390 wide", PHONE]]) {
    await check(`no page is wider than the window, ${word}`, async () => {
      const other = await newPage(browser, { size, language: "en" });
      await signIn(other.page, place, place.user("operator"));
      for (const path of PAGES) {
        await other.page.goto(`${place.url}/${path}`);
        await settled(other.page);
        const over = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        must(over <= 0, `/${path} is ${over} px too wide`);
      }
      await other.close();
    });
  }
}
