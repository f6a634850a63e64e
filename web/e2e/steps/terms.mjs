// The terminology browser: lists, trees, pinyin, maps, one code in full; by pointer and by keyboard.
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";
import { shooter } from "../lib/shots.mjs";

const ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const GENDER = "http://hl7.org/fhir/administrative-gender";
const DIAGNOSES = "http://hl7.org/fhir/sid/icd-10";
const MAP = "http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3";
const GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender";

const at = (place, query) => `${place.url}/terms?${new URLSearchParams(query)}`;
const listed = (page) => page.locator("#shelf [role=option]").first().waitFor();
const coded = (page) => page.locator("#codes [role=treeitem] code").first().waitFor();

export default async function terms({ place, browser, check }) {
  const { page, troubles, close } = await newPage(browser);
  await signIn(page, place, place.user("operator"));

  await check("lists code systems, value sets and maps; axe finds nothing serious", async () => {
    await page.goto(`${place.url}/terms`);
    await listed(page);
    await nothingSerious(page);
    for (const word of ["值集", "映射", "代码系统"]) {
      await page.locator("main#work").getByText(word, { exact: true }).first().click();
      await listed(page);
    }
  });
  await check("a list is found in by address, and by the initials of a Chinese title", async () => {
    await page.getByLabel("标题、地址、拼音首字母").fill("v3-ActCode");
    await page.locator("#shelf [role=option]").filter({ hasText: ACT }).first().waitFor();
    await page.getByLabel("标题、地址、拼音首字母").fill("xbdm");
    await page.locator("#shelf [role=option]").filter({ hasText: "性别代码" }).first().waitFor();
    await page.waitForFunction(() => new URL(location.href).searchParams.get("list") === "xbdm");
  });
  await check("a tree unfolds level by level, by the keyboard alone", async () => {
    await page.goto(at(place, { of: ACT }));
    await coded(page);
    await page.locator("#codes").focus();
    await page.keyboard.press("ArrowDown");
    const before = await page.locator("#codes [role=treeitem]").count();
    await page.locator('#codes [aria-expanded="false"]').first().waitFor();
    while ((await page.locator('#codes [data-here="true"]').getAttribute("aria-expanded")) === null) await page.keyboard.press("j");
    await page.keyboard.press("ArrowRight");
    await page.locator('#codes [aria-level="2"] code').first().waitFor();
    await page.keyboard.press("ArrowRight");
    must((await page.locator('#codes [data-here="true"]').getAttribute("aria-level")) === "2", "the arrow did not go into the level");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((n) => document.querySelectorAll("#codes [role=treeitem]").length <= n, before);
    await nothingSerious(page);
  });
  await check("Enter opens the code in full, and its address can be reloaded", async () => {
    await page.locator("#codes").focus();
    await page.keyboard.press("Enter");
    await page.locator("#concept h2 code").waitFor();
    const code = await page.locator("#concept h2 code").innerText();
    await page.reload();
    await page.locator("#concept h2 code").filter({ hasText: code }).waitFor();
    await page.locator("#concept").getByText("所在值集").waitFor();
    await page.waitForFunction(() => !document.querySelector('#concept [role="status"]'));
    must((await page.locator('#concept [role="alert"]').count()) === 0, await page.locator("#concept").innerText());
    await nothingSerious(page);
  });
  await check("a code says in which value sets and maps it stands, and leads there", async () => {
    await page.goto(at(place, { of: GENDER, system: GENDER, code: "male" }));
    await page.locator("#concept").getByRole("button", { name: /AdministrativeGender|行政性别|性别/ }).first().click();
    await page.waitForFunction(() => new URL(location.href).searchParams.get("kind") === "ValueSet");
    await coded(page);
  });
  await check("the filter answers while one types, and its last word wins", async () => {
    await page.goto(at(place, { of: ACT }));
    await coded(page);
    const box = page.getByLabel("快速查找", { exact: false }).first();
    await box.pressSequentially("ambulatory", { delay: 30 });
    const start = Date.now();
    await page.locator("#codes code").filter({ hasText: /^AMB$/ }).first().waitFor();
    console.log(`        ${Date.now() - start} ms after the last letter`);
    await page.waitForFunction(() => new URL(location.href).searchParams.get("q") === "ambulatory");
  });
  await check("diagnoses are found by the initials of their names", async () => {
    await page.goto(at(place, { of: DIAGNOSES, q: "gxy" }));
    await coded(page);
    must((await page.locator("#codes").innerText()).includes("高血压"), await page.locator("#codes").innerText());
    // From the box into the list, and the code opens: no mouse.
    await page.getByLabel("快速查找", { exact: false }).first().press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#concept h2 code").waitFor();
  });
  await check("a value set shows its codes", async () => {
    await page.goto(at(place, { kind: "ValueSet", of: GENDERS }));
    await coded(page);
    must((await page.locator("#codes [role=treeitem]").count()) === 4, await page.locator("#codes").innerText());
  });
  await check("a map shows source, relation and target", async () => {
    await page.goto(at(place, { kind: "ConceptMap", of: MAP }));
    await page.locator("#mapped [role=option]").first().waitFor();
    await nothingSerious(page);
  });
  await check("a code that is not there is said to be", async () => {
    await page.goto(at(place, { of: GENDER, system: GENDER, code: "nobody" }));
    await page.locator('#concept [role="alert"]').first().waitFor();
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();

  await check("a doctor has the page in the menu, and reads", async () => {
    const other = await newPage(browser);
    await signIn(other.page, place, place.user("doctor"));
    await other.page.locator('nav a[href="/terms"]').click();
    await listed(other.page);
    must((await other.page.locator('nav a[href="/validate"]').count()) === 0, "the validator is in a doctor's menu");
    await other.close();
  });

  for (const [word, size] of [["desk", DESK], ["phone", PHONE]]) {
    for (const language of ["zh-CN", "en"]) {
      await check(`${word} ${language} is not wider than the window`, async () => {
        const other = await newPage(browser, { size, language });
        const shot = shooter(other.page, `${word}-${language}`);
        await signIn(other.page, place, place.user("operator"));
        await other.page.goto(`${place.url}/terms`);
        await listed(other.page);
        await shot("terms-list");
        await other.page.goto(at(place, { of: ACT }));
        await coded(other.page);
        await shot("terms-tree");
        await other.page.goto(at(place, { of: ACT, system: ACT, code: "AMB" }));
        await other.page.locator("#concept h2 code").waitFor();
        await other.page.waitForFunction(() => !document.querySelector('#concept [role="status"]'));
        await shot("terms-code");
        const over = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        must(over <= 0, `${over} px too wide`);
        await other.close();
      });
    }
  }
}
