//! A message as it came: HL7 v2 a segment a line with its name set apart, JSON indented, anything else as it is.

import { prettyJson } from "../../../fhir/pretty";
import css from "./inbox.module.css";

const SEGMENT = /^[A-Z][A-Z0-9]{2}(?=[|^~\\&]|$)/;

export function Raw({ text }: { text: string }) {
  const json = /^\s*[{[]/.test(text);
  const lines = (json ? prettyJson(text) : text).split(/\r\n|\r|\n/).filter((line, at, all) => line || at < all.length - 1);
  return (
    <pre className={css["raw"]} tabIndex={0}>
      {lines.map((line, at) => {
        const name = json ? undefined : SEGMENT.exec(line)?.[0];
        return (
          // The lines of one message never change places.
          <span key={at} className={css["rawLine"]}>
            {name && <b>{name}</b>}
            {name ? line.slice(name.length) : line}
            {"\n"}
          </span>
        );
      })}
    </pre>
  );
}
