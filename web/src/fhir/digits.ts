//! Reads JSON without losing a decimal's digits: `5.10` is shown as the laboratory sent it, not as `5.1`.
//! Where JavaScript would print a number otherwise than it is written, its text is put beside it before the JSON is read:
//! `{"value":5.10}` is read as `{"value":5.10,"_digits_value":"5.10"}`. A record has tens of thousands of values, and
//! looking at each of them while reading would take longer than the way from the server.

/** `_digits_value` is the text of `value`. */
export interface Digits {
  [text: `_digits_${string}`]: string | undefined;
}

/**
 * A member whose value is a number that may be printed otherwise: with a zero at its end, an exponent, or many digits.
 * It cannot match inside of a string, where every quotation mark stands behind a backslash.
 */
const MEMBER = /"(\w+)":\s*(-?\d+\.\d*0|-?\d+(?:\.\d+)?[eE][-+]?\d+|-?\d[\d.]{14,})(?=\s*[,}])/g;

export function parseJson(text: string): unknown {
  const kept = text.replace(MEMBER, (member, key: string, number: string) =>
    String(Number(number)) === number ? member : `${member},"_digits_${key}":"${number}"`,
  );
  return JSON.parse(kept) as unknown;
}

/** The number under `key` as it was written. */
export function digitsOf<K extends string>(holder: Digits & { [key in K]?: number }, key: K): string | undefined {
  const value: number | undefined = holder[key];
  const kept: Digits = holder;
  return value === undefined ? undefined : (kept[`_digits_${key}`] ?? String(value));
}
