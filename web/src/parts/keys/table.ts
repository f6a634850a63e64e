//! Every key of the pages, once: the listener and the `?` sheet read the same table.

export const KEYS = [
  { keys: "?", word: "help", group: "everywhere" },
  { keys: "Ctrl K", word: "palette", group: "everywhere" },
  { keys: "/", word: "search", group: "everywhere" },
  { keys: "[", word: "tabBefore", group: "everywhere" },
  { keys: "]", word: "tabAfter", group: "everywhere" },
  { keys: "g h", word: "home", group: "everywhere" },
  { keys: "g f", word: "find", group: "everywhere" },
  { keys: "Esc", word: "back", group: "everywhere" },
  { keys: "j", word: "down", group: "lists" },
  { keys: "k", word: "up", group: "lists" },
  { keys: "Enter", word: "open", group: "lists" },
  { keys: "g t", word: "timeline", group: "record" },
  { keys: "g p", word: "problems", group: "record" },
  { keys: "g m", word: "medicines", group: "record" },
  { keys: "g a", word: "allergies", group: "record" },
  { keys: "g r", word: "results", group: "record" },
  { keys: "g v", word: "vitals", group: "record" },
  { keys: "g i", word: "imaging", group: "record" },
  { keys: "g o", word: "orders", group: "record" },
  { keys: "g d", word: "documents", group: "record" },
  { keys: "g c", word: "vaccinations", group: "record" },
  { keys: "g l", word: "looks", group: "record" },
  { keys: "p", word: "print", group: "record" },
  { keys: "g s", word: "terms", group: "standards" },
  { keys: "c", word: "copy", group: "standards" },
  { keys: "v", word: "validate", group: "standards" },
  { keys: "Ctrl Enter", word: "send", group: "standards" },
] as const;

export type KeyWord = (typeof KEYS)[number]["word"];
export type Chord = (typeof KEYS)[number]["keys"];

export const GROUPS = ["everywhere", "lists", "record", "standards"] as const;
