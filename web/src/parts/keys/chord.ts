//! Single keys and pairs such as `g p`, read one press at a time.

/** How long a first key waits for its second. */
export const WAIT_MS = 1200;

export interface Pressed {
  /** What is complete with this press: a key, or a pair. */
  chord: string;
  /** The first key of a pair that the next press may complete. */
  waiting: string;
}

/** `prefix` is the key that still waits, empty when none does; `firsts` are the keys that begin a pair. */
export function press(key: string, prefix: string, firsts: ReadonlySet<string>): Pressed {
  if (prefix) return { chord: `${prefix} ${key}`, waiting: "" };
  return firsts.has(key) ? { chord: "", waiting: key } : { chord: key, waiting: "" };
}
