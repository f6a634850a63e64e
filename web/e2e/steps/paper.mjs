// The summary on paper: only the summary, and whose it is on every sheet.
import { newPage, openRecord, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function paper({ place, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await openRecord(page, place, resident.id);
  await check("nothing of the summary stands on the screen", async () => must((await page.locator("#paper").count()) === 0, "it is there"));
  await page.emulateMedia({ media: "print" });
  await check("on paper the frame of the page is gone", async () => {
    await page.locator("#paper").waitFor();
    must(!(await page.locator("main#work").isVisible()), "the page itself would be printed");
  });
  await check("the head that repeats names the resident, the masked number, the printer and the time", async () => {
    const head = page.locator("#paper > thead");
    must((await head.evaluate((one) => getComputedStyle(one).display)) === "table-header-group", "it would stand on the first sheet only");
    const text = await head.innerText();
    must(text.includes(resident.name) && /\d{4}-\d\d-\d\d \d\d:\d\d/.test(text), text);
    must(!resident.identity || !text.includes(resident.identity), "the whole identity number is printed");
  });
  await check("allergies come first, and there is more than one sheet of A4", async () => {
    must((await page.locator("#paper h2").first().innerText()) === "过敏", await page.locator("#paper h2").first().innerText());
    const pdf = await page.pdf({ preferCSSPageSize: true });
    must(pdf.length > 10_000, `the print has ${pdf.length} bytes`);
    must(/\/MediaBox\s*\[0 0 59[45]\.?\d* 84[12]/.test(pdf.toString("latin1")), "it is not A4");
  });
  await close();
}
