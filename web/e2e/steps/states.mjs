// What is shown when there is nothing, when something fails, and when it is not yours to see.
import { newPage, signIn } from "../lib/browser.mjs";
import { must } from "../lib/report.mjs";

export default async function states({ place, resident, browser, check }) {
  const { page, close } = await newPage(browser);
  await signIn(page, place, place.user("doctor"));
  await check("a resident that is not there is said to be missing", async () => {
    await page.goto(`${place.url}/residents/no-such-resident`);
    await page.getByRole("alert").waitFor();
    must((await page.getByRole("alert").innerText()).includes("没有找到"), await page.getByRole("alert").innerText());
  });
  await check("an address that is none leads back", async () => {
    await page.goto(`${place.url}/nowhere/at/all`);
    await page.getByText("没有这个页面").waitFor();
  });
  await check("the operator's pages are said not to be a doctor's", async () => {
    await page.goto(`${place.url}/inbox`);
    await page.getByText("没有权限").waitFor();
  });
  await check("when the server is away, the page says so and can try again", async () => {
    await page.goto(`${place.url}/`);
    await page.waitForSelector("main#work h1");
    await page.route("**/fhir**", (route) => route.abort());
    await page.evaluate((id) => {
      history.pushState({}, "", `/residents/${id}`);
      dispatchEvent(new PopStateEvent("popstate"));
    }, resident.id);
    await page.getByText("连不上服务器").first().waitFor();
    await page.unroute("**/fhir**");
    await page.getByRole("button", { name: "重试" }).first().click();
    await page.waitForSelector("header h1");
  });
  await check("a part that is not the reader's to see, and one that fails, say so; the others stand", async () => {
    await page.route("**/fhir", async (route) => {
      const asked = JSON.parse(route.request().postData() ?? "{}").entry ?? [];
      const answer = await route.fetch();
      const body = await answer.json();
      const deny = (type, status, code) => {
        asked.forEach(({ request }, at) => {
          if (!request.url.startsWith(`${type}?`)) return;
          const outcome = { resourceType: "OperationOutcome", issue: [{ severity: "error", code, diagnostics: "e2e" }] };
          body.entry[at] = { response: { status, outcome } };
        });
      };
      deny("DocumentReference", "403 Forbidden", "forbidden");
      deny("AllergyIntolerance", "422 Unprocessable Entity", "processing");
      await route.fulfill({ response: answer, json: body });
    });
    await page.goto(`${place.url}/residents/${resident.id}`);
    await page.locator("#documents").getByText("您没有查看此内容的权限").waitFor();
    // Silence about allergies would look like safety.
    await page.locator("main#work header").getByText("过敏信息未能读取").waitFor();
    await page.locator("#problems li").first().waitFor();
    await page.unroute("**/fhir");
    await page.locator("#allergies").getByRole("button", { name: "重试" }).click();
    await page.locator("main#work header [data-danger]").first().waitFor();
  });
  await check("an ended session asks to sign in and comes back to the same place", async () => {
    await page.goto(`${place.url}/residents/${resident.id}`);
    await page.waitForSelector("header h1");
    await page.context().clearCookies();
    await page.reload();
    const user = place.user("doctor");
    await page.fill("#username", user.username);
    await page.fill("#password", user.password);
    await page.click("button[type=submit]");
    await page.waitForSelector("header h1");
    must(page.url().endsWith(`/residents/${resident.id}`), page.url());
  });
  await close();
}
