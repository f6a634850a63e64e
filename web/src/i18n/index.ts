//! Chinese first, English complete: the compiler refuses an English file that lacks a key.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import { zh } from "./zh";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof zh };
  }
}

export type Language = "zh-CN" | "en";

export async function startWords(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "zh-CN",
    supportedLngs: ["zh-CN", "en"],
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    // React escapes what it prints.
    interpolation: { escapeValue: false },
  });
}

export async function speak(language: Language): Promise<void> {
  document.documentElement.lang = language;
  if (i18next.language !== language) await i18next.changeLanguage(language);
  document.title = language === "en" ? "Meridian 经络" : "经络 Meridian";
}
