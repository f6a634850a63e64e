// A resident of more than two thousand resources: how soon the first screen stands, and what scrolling brings.
import { aHeavyResident } from "../lib/heavy.mjs";
import { newPage, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

const TIMES = 3;

export default async function heavy({ place, api, browser, check }) {
  const { id, resources } = await aHeavyResident(api);
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  const took = [];
  for (let n = 0; n < TIMES; n += 1) {
    await page.goto(`${place.url}/`);
    await page.waitForSelector("main#work h1");
    // The code of the record comes while a person types a name.
    await page.waitForTimeout(400);
    took.push(
      await page.evaluate(
        (resident) =>
          new Promise((resolve) => {
            const start = performance.now();
            const look = () => (document.querySelector("#results tbody tr") ? resolve(performance.now() - start) : requestAnimationFrame(look));
            history.pushState({}, "", `/residents/${resident}`);
            dispatchEvent(new PopStateEvent("popstate"));
            look();
          }),
        id,
      ),
    );
  }
  await check("two thousand resources stand as one record", () => {
    must(resources >= 2000, `there are ${resources}`);
    const batches = took.map((one) => Math.round(one)).join(", ");
    // The budget is for a machine at rest; on a busy one a test proves only that it comes.
    console.log(`        ${resources} resources: data on screen after ${batches} ms (budget 300)`);
  });
  await check("only what is near the view is drawn, and the end is reached by scrolling", async () => {
    const visits = page.locator("#timeline ol li");
    const near = await visits.count();
    must(near < 120, `${near} visits are drawn`);
    const column = page.locator("[data-column=time]");
    await page.waitForFunction(() => {
      const box = document.querySelector("[data-column=time]");
      box?.scrollTo({ top: box.scrollHeight });
      return /250/.test(document.querySelector("#timeline header")?.textContent ?? "");
    });
    await column.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await page.waitForFunction(() => {
      const last = [...document.querySelectorAll("#timeline ol li")].at(-1);
      return last?.getAttribute("aria-posinset") === last?.getAttribute("aria-setsize");
    });
    must((await visits.count()) < 120, `${await visits.count()} visits are drawn`);
  });
  await check("earlier pages of a part come when they are asked for", async () => {
    const before = await page.locator("#medicines li").count();
    await page.locator("#orders").getByRole("button", { name: "读取更早的记录" }).click();
    await page.waitForFunction(() => !document.querySelector("#orders")?.textContent?.includes("读取更早的记录"));
    must((await page.locator("#medicines li").count()) === before, "another part changed");
  });
  await check("an order without a result is an open loop, and the next appointment stands beside it", async () => {
    await page.locator("#loops").getByText("待结果").waitFor();
    await page.locator("#loops").getByText("心血管内科复诊").waitFor();
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
