// Debian's Chromium, and pages that remember what went wrong in their console.
import { chromium } from "playwright-core";

export function open() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A page of its own session. `troubles` collects script errors and refusals of the content security policy. */
export async function newPage(browser, { size = DESK, language = "zh-CN", prefs = {} } = {}) {
  const context = await browser.newContext({ viewport: size, reducedMotion: "reduce", isMobile: size.width < 500, hasTouch: size.width < 500 });
  await context.addInitScript(
    (kept) => {
      if (!localStorage.getItem("meridian.prefs.")) localStorage.setItem("meridian.prefs.", kept);
    },
    JSON.stringify({ language, ...prefs }),
  );
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refused sign-in or a missing record is logged by the browser; that is what some steps are about.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) troubles.push(message.text());
  });
  page.setDefaultTimeout(10_000);
  return { page, troubles, close: () => context.close() };
}

export async function signIn(page, { url }, user) {
  await page.goto(`${url}/`);
  await page.fill("#username", user.username);
  await page.fill("#password", user.password);
  await page.click("button[type=submit]");
  await page.waitForSelector("main#work");
}

/** The record of `id`, once its first screen stands. */
export async function openRecord(page, { url }, id, query = "") {
  await page.goto(`${url}/residents/${id}${query}`);
  await page.waitForSelector("header h1");
  await page.waitForFunction(() => !document.querySelector('main#work [role="status"][aria-label]'));
}
