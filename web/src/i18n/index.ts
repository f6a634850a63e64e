//! Chinese first, English complete: the compiler refuses an English file that lacks a key. Each language is a file of its
//! own that comes when it is spoken.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { zh } from "./zh";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof zh };
  }
}

export type Language = "zh-CN" | "en";

const FILES: Record<Language, () => Promise<typeof zh>> = {
  "zh-CN": async () => (await import("./zh")).zh,
  en: async () => (await import("./en")).en,
};

export async function startWords(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    supportedLngs: ["zh-CN", "en"],
    resources: { [language]: { translation: await FILES[language]() } },
    // React escapes what it prints.
    interpolation: { escapeValue: false },
  });
}

export async function speak(language: Language): Promise<void> {
  document.documentElement.lang = language;
  document.title = language === "en" ? "Meridian 经络" : "经络 Meridian";
  if (i18next.language === language) return;
  if (!i18next.hasResourceBundle(language, "translation")) i18next.addResourceBundle(language, "translation", await FILES[language]());
  await i18next.changeLanguage(language);
}
