//! j and k: from row to row of the list that holds the focus, whatever the list is made of.

const ROWS = "tbody tr, ul > li, ol > li";
const CONTROL = "button:not([disabled]), a[href]";

function controlOf(row: Element): HTMLElement | null {
  return row.querySelector<HTMLElement>(CONTROL);
}

/** Moves the focus `step` rows on in its section; from nowhere it goes to the first row of `home`. */
export function moveRow(step: 1 | -1, home: string): void {
  const section = document.activeElement?.closest("section[id]") ?? document.getElementById(home);
  if (!section) return;
  // The innermost rows only: a row that holds a list is that list's frame.
  const rows = [...section.querySelectorAll(ROWS)].filter((row) => controlOf(row) && !row.querySelector(ROWS));
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + step))];
  if (next) controlOf(next)?.focus();
}

/** Brings a part of the page to its top and puts the focus on its first row, else on itself. */
export function goTo(id: string): void {
  const section = document.getElementById(id);
  if (!section) return;
  section.scrollIntoView({ block: "start" });
  const row = [...section.querySelectorAll(ROWS)].find(controlOf);
  const target = (row && controlOf(row)) ?? section.querySelector<HTMLElement>(CONTROL) ?? section;
  if (target === section) section.tabIndex = -1;
  target.focus({ preventScroll: true });
}
