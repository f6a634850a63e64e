// The FHIR service in a browser: searches, resources, histories and errors as pages, without a script.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESK, newPage, PHONE, signIn } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

const FOLDER = process.env.MERIDIAN_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), "..", "shots");
const EVIL = `<div xmlns="http://www.w3.org/1999/xhtml"><p>told</p><script>document.title="evil"</script><img src="https://elsewhere.example/x.png" alt="seen" onerror="document.title='evil'"/><p style="position:fixed">styled</p></div>`;

export default async function fhir({ place, resident, browser, check }) {
  mkdirSync(FOLDER, { recursive: true });
  const { page, troubles, close } = await newPage(browser);
  await page.setExtraHTTPHeaders({ "Accept-Language": "zh-CN,zh;q=0.9" });
  const shot = (what) => page.screenshot({ path: join(FOLDER, `fhir-${what}.png`) });
  const heading = () => page.locator("h1").innerText();

  await check("who has not signed in is told how", async () => {
    const answer = await page.goto(`${place.url}/fhir/Patient`);
    must(answer.status() === 401, answer.status());
    must((await page.getByRole("link", { name: "登录" }).getAttribute("href")) === "/", "no way to sign in");
    await nothingSerious(page);
    await shot("nobody");
  });
  await signIn(page, place, place.user("doctor"));
  await check("the start page names the types", async () => {
    await page.goto(`${place.url}/fhir`);
    await page.getByRole("link", { name: "Observation", exact: true }).waitFor();
    await nothingSerious(page);
    await shot("start");
    await page.getByRole("link", { name: "Patient", exact: true }).click();
    must((await heading()) === "Patient", await heading());
  });
  await check("a search is a form, and its address says only what was asked", async () => {
    await page.fill("input[name=gender]", "female");
    await page.fill("input[name=_count]", "5");
    await page.getByRole("button", { name: "检索" }).click();
    must(new URL(page.url()).search === "?gender=female&_count=5", page.url());
    must((await page.locator(".hits > li").count()) === 5, "not five");
    await nothingSerious(page);
    await shot("search");
  });
  await check("pages follow each other", async () => {
    const first = await page.locator(".hits > li a").first().innerText();
    await page.getByRole("link", { name: "下一页" }).click();
    must((await page.locator(".hits > li a").first().innerText()) !== first, "the same page");
    await page.getByRole("link", { name: "上一页" }).click();
    must((await page.locator(".hits > li a").first().innerText()) === first, "another page");
  });
  await check("a resource is a page, and its references lead on", async () => {
    await page.goto(`${place.url}/fhir/Observation?patient=${resident.id}&_count=10`);
    await page.locator(".hits > li a").first().click();
    must((await heading()).startsWith("Observation/"), await heading());
    await nothingSerious(page);
    await shot("resource");
    await page.locator("pre a", { hasText: "Patient/" }).first().click();
    must((await heading()).startsWith("Patient/"), await heading());
    await page.getByRole("link", { name: "历史版本" }).click();
    must((await heading()).endsWith("/_history"), await heading());
    await nothingSerious(page);
    await shot("history");
  });
  await check("a mistake is explained", async () => {
    const answer = await page.goto(`${place.url}/fhir/Patient?nosuch=1`);
    must(answer.status() === 400, answer.status());
    must((await page.locator(".issue").innerText()).includes("nosuch"), "it is not named");
    await nothingSerious(page);
    await shot("error");
  });
  await check("a narrative does nothing but tell", async () => {
    const headers = { authorization: `Bearer ${place.token}`, "content-type": "application/fhir+json" };
    const body = JSON.stringify({ resourceType: "Basic", code: { text: "e2e" }, text: { status: "generated", div: EVIL } });
    const made = await (await fetch(`${place.url}/fhir/Basic`, { method: "POST", headers, body })).json();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.setExtraHTTPHeaders({ ...headers, "Accept-Language": "zh-CN" });
    await page.goto(`${place.url}/fhir/Basic/${made.id}`);
    await page.getByText("told").first().waitFor();
    must((await page.locator(".narrative").innerHTML()) === "<div><p>told</p>seen<p>styled</p></div>", await page.locator(".narrative").innerHTML());
    must(!(await page.title()).includes("evil"), "a script ran");
    must(asked.every((url) => url.startsWith(place.url)), asked.join(" "));
    await page.setExtraHTTPHeaders({ "Accept-Language": "zh-CN" });
    await fetch(`${place.url}/fhir/Basic/${made.id}`, { method: "DELETE", headers });
  });
  await check("one press changes the language, and it stays", async () => {
    await page.goto(`${place.url}/fhir/Patient?_count=3`);
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("link", { name: "Next page" }).click();
    must((await page.locator("html").getAttribute("lang")) === "en", "not English");
    await shot("english");
  });
  await check("it fits a phone", async () => {
    await page.setViewportSize(PHONE);
    await page.goto(`${place.url}/fhir/Patient?_count=3`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    must(wide <= 0, `${wide} px too wide`);
    await shot("phone");
    await page.setViewportSize(DESK);
  });
  await check("nothing was refused by the content security policy", async () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
