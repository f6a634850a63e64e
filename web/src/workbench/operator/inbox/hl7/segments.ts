//! Splits an HL7 v2 message into segments and fields, as they stand: nothing is unescaped. Pure.

export interface Field {
  /** Counted as the standard counts: MSH-1 is the separator itself. */
  number: number;
  text: string;
}

export interface Segment {
  name: string;
  /** Whether its first field is the separator (MSH, FHS, BHS). */
  isHeader: boolean;
  separator: string;
  fields: Field[];
}

const HEADERS = new Set(["MSH", "FHS", "BHS"]);
const NAME = /^[A-Z][A-Z0-9]{2}$/;

export function isHl7(text: string): boolean {
  return /^\s*(MSH|FHS|BHS)[^A-Za-z0-9\s]/.test(text);
}

export function segmentsOf(text: string): Segment[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== "");
  const separator = lines.map((line) => line.trimStart()).find((line) => HEADERS.has(line.slice(0, 3)))?.[3] ?? "|";
  return lines.map((raw) => {
    const line = raw.trimStart();
    const [name = "", ...rest] = line.split(separator);
    if (!NAME.test(name)) return { name: "", isHeader: false, separator, fields: [{ number: 0, text: raw }] };
    const isHeader = HEADERS.has(name);
    const fields = rest.map((text, at) => ({ number: at + (isHeader ? 2 : 1), text }));
    if (isHeader) fields.unshift({ number: 1, text: separator });
    return { name, isHeader, separator, fields };
  });
}
