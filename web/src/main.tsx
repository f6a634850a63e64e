//! Starts the app: appearance and words first, so that nothing flashes.

import { createRoot } from "react-dom/client";
import { App } from "./App";
import { startWords } from "./i18n";
import { prefs } from "./shell/prefs";
import "./theme/base.css";

const root = document.getElementById("root");
if (root) {
  await startWords(prefs().language);
  createRoot(root).render(<App />);
}
