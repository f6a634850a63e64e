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
    await page.locator("#shelf [role=option]").filter({ hasText: ACT.replace("http://", "") }).first().waitFor();
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
    // The maps of the code bear the same name, and whichever answer comes first is drawn first.
    await page.locator("#concept").getByRole("region", { name: "所在值集" }).getByRole("button", { name: /AdministrativeGender|性别/ }).first().click();
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
  await check("an address that is nobody's is said to be, and so is a version", async () => {
    await page.goto(at(place, { of: "http://nowhere/x|1" }));
    await page.getByText("服务器上没有这个代码系统").waitFor();
    await page.goto(at(place, { of: `${GENDER}|0.0` }));
    await page.getByText("这里没有 0.0 版").waitFor();
  });
  await check("codes and names stand in columns", async () => {
    await page.goto(at(place, { of: DIAGNOSES, q: "gxy" }));
    await coded(page);
    const lefts = await page.locator("#codes [role=treeitem] code + span").evaluateAll((names) => [...new Set(names.map((name) => Math.round(name.getBoundingClientRect().left)))]);
    must(lefts.length === 1, `names begin at ${lefts.join(", ")}`);
    const slanted = await page.locator("main#work *").evaluateAll((all) => all.filter((one) => getComputedStyle(one).fontStyle !== "normal").length);
    must(slanted === 0, `${slanted} are slanted`);
  });
  await check("rows whose page did not come ask for it again", async () => {
    let broken = 0;
    await page.route("**/ValueSet/$expand*", async (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      if (pathname.endsWith("/$expand") && Number(searchParams.get("offset")) > 0 && broken === 0) {
        broken += 1;
        await route.fulfill({ status: 503, contentType: "application/fhir+json", body: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}' });
      } else await route.continue();
    });
    await page.goto(at(place, { kind: "ValueSet", of: "http://hl7.org/fhir/ValueSet/resource-types" }));
    await coded(page);
    await page.locator("#codes").focus();
    await page.keyboard.press("End");
    const row = page.locator("#codes [role=treeitem]").last();
    await row.getByText("这一页没有读到").waitFor();
    await page.keyboard.press("Enter");
    await row.locator("code").waitFor();
    must(broken === 1, "no page was broken");
    await page.unroute("**/ValueSet/$expand*");
  });
  await check("properties have names, and the code system its title", async () => {
    await page.goto(at(place, { of: DIAGNOSES, system: DIAGNOSES, code: "E11" }));
    const panel = page.locator("#concept");
    await panel.getByText("出处", { exact: true }).waitFor();
    await panel.getByText("常用诊断", { exact: false }).first().waitFor();
    must(!(await panel.innerText()).includes("CommonDiagnoses"), await panel.innerText());
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

  await check("the foot bar of a phone leads to every page", async () => {
    const other = await newPage(browser, { size: PHONE });
    await signIn(other.page, place, place.user("operator"));
    const seen = () => other.page.locator("nav li a:visible").count();
    const all = await other.page.locator("nav li a").count();
    must(all > 5 && (await seen()) < 5, `${await seen()} of ${all} are seen`);
    await other.page.getByRole("button", { name: "更多" }).click();
    must((await seen()) === all, `${await seen()} of ${all} are seen`);
    await nothingSerious(other.page, "nav");
    await other.page.locator('nav a[href="/terms"]').click();
    await listed(other.page);
    // The page that one is on stands in the bar.
    must((await seen()) < 5 && (await other.page.locator('nav a[href="/terms"]').isVisible()), "the bar did not close over the page");
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
