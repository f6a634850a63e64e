//! Reads JSON without losing a decimal's digits: `5.10` is shown as the laboratory sent it, not as `5.1`.
//! Where the text of a number differs from how JavaScript would print it, the object that holds it gets a
//! `_digits` table beside it: `{ value: 5.1, _digits: { value: "5.10" } }`.

export interface Digits {
  _digits?: Record<string, string>;
}

interface Source {
  source?: string;
}

type Reviver = (this: unknown, key: string, value: unknown, context?: Source) => unknown;

function keepDigits(this: unknown, key: string, value: unknown, context?: Source): unknown {
  const source = context?.source;
  if (typeof value === "number" && source !== undefined && source !== String(value) && !Array.isArray(this)) {
    const holder = this as Digits;
    (holder._digits ??= {})[key] = source;
  }
  return value;
}

export function parseJson(text: string): unknown {
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, keepDigits);
}

/** The number under `key` as it was written. */
export function digitsOf<K extends string>(holder: Digits & { [key in K]?: number }, key: K): string | undefined {
  const value = holder[key];
  return value === undefined ? undefined : (holder._digits?.[key] ?? String(value));
}
