// Signing in, and being told clearly why not.
import { newPage } from "../lib/browser.mjs";
import { nothingSerious } from "../lib/axe.mjs";
import { must } from "../lib/report.mjs";

export default async function signin({ place, browser, check }) {
  const user = place.user("doctor");
  const { page, troubles, close } = await newPage(browser);
  await page.goto(`${place.url}/residents?q=wxy`);

  await check("the page carries a nonce of its own and no inline script", async () => {
    const first = await (await fetch(place.url)).text();
    const second = await (await fetch(place.url)).text();
    const nonce = (html) => /name="csp-nonce" content="([^"]+)"/.exec(html)?.[1];
    must(nonce(first) && nonce(first) !== "__CSP_NONCE__" && nonce(first) !== nonce(second), "the nonce is not fresh");
    must(!/<script(?![^>]*\bsrc=)/.test(first), "there is an inline script");
  });
  await check("empty fields are named", async () => {
    await page.click("button[type=submit]");
    await page.waitForSelector("#username-wrong:visible");
    await page.waitForSelector("#password-wrong:visible");
  });
  await check("a wrong password is refused in words", async () => {
    await page.fill("#username", user.username);
    await page.fill("#password", "certainly-not-it");
    await page.click("button[type=submit]");
    await page.getByText("用户名或密码不对").waitFor();
  });
  await check("the language turns to English and back", async () => {
    await page.getByRole("button", { name: "Switch to English" }).click();
    await page.getByText("User name or password is not right").waitFor();
    must((await page.getAttribute("html", "lang")) === "en", "the document does not say that it is English");
    await page.getByRole("button", { name: "切换到中文" }).click();
    await page.getByText("用户名或密码不对").waitFor();
  });
  await check("axe finds nothing serious", () => nothingSerious(page));
  await check("signing in leads to where one wanted to be", async () => {
    await page.fill("#password", user.password);
    await page.press("#password", "Enter");
    await page.waitForSelector("main#work table, main#work [class*=centred]");
    must(new URL(page.url()).searchParams.get("q") === "wxy", `the address is ${page.url()}`);
  });
  await check("the session survives a reload", async () => {
    await page.reload();
    await page.waitForSelector("main#work");
    must((await page.locator("#username").count()) === 0, "the sign-in page came back");
  });
  await check("signing out ends it, here and for the server", async () => {
    await page.locator("[aria-haspopup=menu]").click();
    await page.getByText("退出登录").click();
    await page.waitForSelector("#username");
    const status = await page.evaluate(async () => (await fetch("/auth/me")).status);
    must(status === 401, `/auth/me says ${status}`);
  });
  await check("the console is clean", () => must(troubles.length === 0, troubles.join("\n")));
  await close();
}
