// The operator's inbox: a message that cannot be placed is parked with its reason, live.
import { newPage, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { send } from "../lib/hl7.mjs";
import { must } from "../lib/report.mjs";

export default async function operator({ place, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("operator"));
  await check("the start page counts messages and feeds", async () => {
    await page.locator('a[href^="/inbox?state="]').first().waitFor();
    await page.locator("main#work tbody tr").first().waitFor();
    await nothingSerious(page);
  });
  await check("a message that cannot be mapped appears among the parked, without a reload", async () => {
    await page.goto(`${place.url}/inbox`);
    await page.locator('header [data-state="live"]').waitFor();
    const control = `E2E${Date.now()}`;
    const now = "20260105143200+0800";
    await send(place.mllp, `MSH|^~\\&|SYNTHETIC-HIS|CJ01|MERIDIAN|CJ00|${now}||ORU^R01^ORU_R01|${control}|P|2.5|||||CHN|UNICODE UTF-8\rPID|1\rOBX|1|NM|2823-3^K^LN||4.1|mmol/L\r`);
    await page.locator("main#work tbody tr").filter({ hasText: control }).click();
  });
  await check("it shows the message as received and why it was parked", async () => {
    await page.locator("pre").filter({ hasText: "MSH" }).waitFor();
    await page.getByText("搁置原因").waitFor();
    await nothingSerious(page);
  });
  await check("it can be replayed", async () => {
    await page.getByRole("button", { name: "重放" }).click();
    await page.getByText(/已重放/).waitFor();
  });
  await check("committed messages lead to what they wrote", async () => {
    await page.goto(`${place.url}/inbox?state=committed`);
    await page.locator("main#work tbody tr").first().click();
    await page.locator("section button").filter({ hasText: "/" }).first().waitFor();
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
