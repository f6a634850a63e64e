// The validator: samples, pasted and dropped text, faults beside lines, and what is no resource at all.
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";
import { shooter } from "../lib/shots.mjs";

const verdict = (page) => page.locator("#faults header[data-well]");
const run = (page, name = "校验") => page.locator("main#work").getByRole("button", { name, exact: true }).click();

export default async function validate({ place, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("operator"));
  await page.goto(`${place.url}/validate`);
  await page.waitForSelector("#text");

  await check("stands empty, says what to do, and axe finds nothing serious", async () => {
    await page.locator("#faults").getByText("粘贴、拖入或上传").waitFor();
    await nothingSerious(page);
  });
  await check("the good sample has no errors", async () => {
    await page.getByRole("button", { name: "样例：正确" }).click();
    await run(page);
    await verdict(page).waitFor();
    must((await verdict(page).getAttribute("data-well")) === "true", await page.locator("#faults").innerText());
    await page.getByText("合成样例").waitFor();
  });
  await check("the faulty one has its faults on their lines", async () => {
    await page.getByRole("button", { name: "样例：有错" }).click();
    await run(page);
    await verdict(page).waitFor();
    must((await verdict(page).getAttribute("data-well")) === "false", "it passed");
    const lines = (await page.inputValue("#text")).split("\n");
    const where = (await page.locator("#faults li").allInnerTexts()).map((text) => [text, lines[Number(/第 (\d+) 行/.exec(text)?.[1]) - 1] ?? ""]);
    for (const wanted of ["gender", "birthDate", "sex"]) must(where.some(([, line]) => line.includes(`"${wanted}"`)), `nothing is said of ${wanted}:\n${where.map(([text]) => text).join("\n")}`);
    await nothingSerious(page);
  });
  await check("a press on a fault selects what it is about; j goes to the next", async () => {
    const fault = page.locator("#faults li button").filter({ hasText: "Patient.birthDate" }).first();
    await fault.click();
    const selected = await page.evaluate(() => {
      const area = document.querySelector("#text");
      return area.value.slice(area.selectionStart, area.selectionEnd);
    });
    must(selected.startsWith('"birthDate"'), `selected: ${selected}`);
    await page.locator("#faults li button").first().focus();
    await page.keyboard.press("j");
    must((await page.evaluate(() => document.activeElement.closest("li")?.dataset.here)) === "true", "j did not move");
  });
  await check("an edit says that lines may have moved; Ctrl Enter validates again", async () => {
    await page.locator("#text").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("\n");
    await page.getByText("行号可能已变").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("行号可能已变").waitFor({ state: "detached" });
  });
  await check("broken JSON is told with its line before the server is asked", async () => {
    await page.fill("#text", '{\n  "resourceType": "Patient",\n  "active": tru\n}');
    await page.getByText("这里应当是一个值").waitFor();
    await page.getByRole("button", { name: "到第 3 行" }).click();
    must(await page.evaluate(() => document.activeElement.id === "text"), "the text has not the focus");
  });
  await check("a file can be uploaded, and one dropped", async () => {
    const file = { name: "p.json", mimeType: "application/json", buffer: Buffer.from('{"resourceType":"Basic","code":{"text":"合成"}}') };
    await page.setInputFiles("input[type=file]", file);
    await page.waitForFunction(() => document.querySelector("#text").value.includes("Basic"));
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"resourceType":"List","status":"current","mode":"working"}'], "l.json", { type: "application/json" }));
      return data;
    });
    await page.dispatchEvent("#text", "drop", { dataTransfer: transfer });
    await page.waitForFunction(() => document.querySelector("#text").value.includes('"List"'));
    await run(page);
    await verdict(page).waitFor();
  });
  await check("XML is validated as JSON is, with its own lines", async () => {
    await page.fill("#text", '<Patient xmlns="http://hl7.org/fhir">\n  <active value="true"/>\n  <birthDate value="1958-13-02"/>\n</Patient>');
    await run(page);
    await page.locator("#faults li").filter({ hasText: "birthDate" }).filter({ hasText: "第 3 行" }).first().waitFor();
  });
  await check("a profile is chosen, and stands in the address", async () => {
    await page.fill("#text", '{"resourceType":"List","status":"current","mode":"working"}');
    await page.getByLabel("规范文件 (Profile)").fill("http://hl7.org/fhir/StructureDefinition/List");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => new URL(location.href).searchParams.get("profile")?.includes("List"));
    await page.keyboard.press("Escape");
    await run(page);
    await verdict(page).waitFor();
  });
  await check("the text is not in the address", () => must(!page.url().includes("working"), page.url()));
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();

  for (const [word, size] of [["desk", DESK], ["phone", PHONE]]) {
    for (const language of ["zh-CN", "en"]) {
      await check(`${word} ${language} is not wider than the window`, async () => {
        const other = await newPage(browser, { size, language });
        await signIn(other.page, place, place.user("operator"));
        await other.page.goto(`${place.url}/validate?sample=faulty`);
        await run(other.page, language === "en" ? "Validate" : "校验");
        await verdict(other.page).waitFor();
        await shooter(other.page, `${word}-${language}`)("validate");
        const over = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        must(over <= 0, `${over} px too wide`);
        await other.close();
      });
    }
  }
}
