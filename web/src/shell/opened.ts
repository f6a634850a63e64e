//! Residents opened since sign-in: the tabs of the work area and the recent list.
//! Kept in this browser window's session only, because names are personal data.

import { useSyncExternalStore } from "react";

export interface Opened {
  id: string;
  name: string;
  gender?: string;
  birthDate?: string;
  /** The day of death: the age that a tab shows stands still there. */
  died?: string;
  /** Stands as a tab; a closed tab stays in the recent list. */
  tab: boolean;
  /** What of the record was open when the tab was left, as the query of its address. */
  view?: string;
}

const KEY = "meridian.opened";
const OWNER = "meridian.opened.by";
const TABS = 8;
const RECENT = 12;
const listeners = new Set<() => void>();
let opened: Opened[] = load();

function load(): Opened[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as Opened[];
  } catch {
    return [];
  }
}

function change(next: Opened[]): void {
  opened = next;
  try {
    if (next.length > 0) sessionStorage.setItem(KEY, JSON.stringify(next));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the tabs live as long as the page.
  }
  for (const tell of listeners) tell();
}

/** Opens a tab, or refreshes what it says. Tabs keep their places; the eldest gives way to a ninth. */
export function openResident(resident: Omit<Opened, "tab" | "view">): void {
  const known = opened.find(({ id }) => id === resident.id);
  if (known?.tab) {
    change(opened.map((one) => (one.id === resident.id ? { ...one, ...resident } : one)));
    return;
  }
  const others = opened.filter(({ id }) => id !== resident.id);
  const tabs = others.filter(({ tab }) => tab);
  const eldest = tabs.length >= TABS ? tabs[0]?.id : undefined;
  const kept = others.map((one) => (one.id === eldest ? { ...one, tab: false } : one));
  change([...kept, { ...resident, tab: true }].slice(-RECENT));
}

export function closeTab(id: string): void {
  change(opened.map((one) => (one.id === id ? { ...one, tab: false, view: "" } : one)));
}

/** Remembers what a tab shows, so that whoever is called away finds it again. */
export function keepView(id: string, view: string): void {
  const known = opened.find((one) => one.id === id);
  if (known?.tab && (known.view ?? "") !== view) change(opened.map((one) => (one.id === id ? { ...one, view } : one)));
}

export function pathOf({ id, view }: Opened): string {
  return `/residents/${id}${view ?? ""}`;
}

export function forgetOpened(): void {
  change([]);
}

/** Whoever signs in at a window finds only what they opened there themselves. */
export function openedBy(username: string): void {
  try {
    if (sessionStorage.getItem(OWNER) !== username) forgetOpened();
    sessionStorage.setItem(OWNER, username);
  } catch {
    forgetOpened();
  }
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useOpened(): Opened[] {
  return useSyncExternalStore(subscribe, () => opened);
}
