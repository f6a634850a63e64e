//! What a person likes: language, large type, contrast, folded menus. Remembered per user on this device;
//! before sign-in the device's last choice holds.

import { useSyncExternalStore } from "react";
import type { Language } from "../i18n";

export interface Prefs {
  language: Language;
  large: boolean;
  contrast: boolean;
  navOpen: boolean;
  railOpen: boolean;
}

const KEY = "meridian.prefs";
/** Chinese, unless the browser says that its reader prefers English. */
const SPOKEN: Language = /^en\b/i.test(globalThis.navigator?.language ?? "") ? "en" : "zh-CN";
const DEFAULTS: Prefs = { language: SPOKEN, large: false, contrast: false, navOpen: false, railOpen: true };

let owner = "";
let current: Prefs = load("");
const listeners = new Set<() => void>();

function load(name: string): Prefs {
  try {
    const kept = localStorage.getItem(`${KEY}.${name}`) ?? localStorage.getItem(`${KEY}.`);
    return { ...DEFAULTS, ...(kept ? (JSON.parse(kept) as Partial<Prefs>) : {}) };
  } catch {
    return DEFAULTS;
  }
}

function keep(): void {
  try {
    const text = JSON.stringify(current);
    localStorage.setItem(`${KEY}.${owner}`, text);
    localStorage.setItem(`${KEY}.`, text);
  } catch {
    // A browser that keeps nothing still works; it only forgets.
  }
}

export function prefs(): Prefs {
  return current;
}

export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  keep();
  for (const tell of listeners) tell();
}

/** From now on the choices are those of `username`. */
export function prefsOf(username: string): void {
  if (owner === username) return;
  owner = username;
  const language = current.language;
  current = { ...load(username), ...(localStorage.getItem(`${KEY}.${username}`) ? {} : { language }) };
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribe, prefs);
}
