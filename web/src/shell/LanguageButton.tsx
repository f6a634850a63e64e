//! One press changes the language; the label is written in the language it leads to.

import { useTranslation } from "react-i18next";
import { setPrefs, usePrefs } from "./prefs";
import css from "./topbar.module.css";

export function LanguageButton({ dark }: { dark?: boolean }) {
  const { t } = useTranslation();
  const { language } = usePrefs();
  return (
    <button
      type="button"
      className={dark ? css["darkButton"] : css["lightButton"]}
      data-tip={t("shell.switchLanguage")}
      onClick={() => setPrefs({ language: language === "en" ? "zh-CN" : "en" })}
    >
      {t("shell.otherLanguage")} <span className="offscreen">{t("shell.switchLanguage")}</span>
    </button>
  );
}
