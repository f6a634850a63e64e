//! What every page stands in: theme, words, the query cache, and the session gate.

import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useLayoutEffect, useMemo } from "react";
import { BrowserRouter } from "react-router";
import { setLanguage } from "./fhir/http";
import { queries } from "./queries";
import { Pages } from "./Pages";
import { Gate } from "./session/Gate";
import { speak } from "./i18n";
import { usePrefs } from "./shell/prefs";
import { antdTheme } from "./theme/antd";
import { applyAppearance } from "./theme/apply";
import { calm, stark } from "./theme/palette";

/** The server writes a fresh nonce into the page with each answer; Ant Design's styles carry it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function layer(): HTMLElement {
  return document.getElementById("layer") ?? document.body;
}

export function App() {
  const { language, large, contrast } = usePrefs();
  const palette = contrast ? stark : calm;
  const theme = useMemo(() => antdTheme(palette, large, still), [palette, large]);
  useLayoutEffect(() => applyAppearance({ palette, large, contrast }), [palette, large, contrast]);
  useLayoutEffect(() => {
    setLanguage(language);
    void speak(language);
  }, [language]);

  return (
    <ConfigProvider
      csp={{ nonce }}
      theme={theme}
      locale={language === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      getPopupContainer={layer}
    >
      <AntApp component={false}>
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <Gate>
              <Pages />
            </Gate>
          </BrowserRouter>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
