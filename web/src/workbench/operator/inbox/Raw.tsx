//! A message as it came: HL7 v2 by its segments, JSON indented, anything else as it is.

import { useTranslation } from "react-i18next";
import { prettyJson } from "../../../fhir/pretty";
import css from "./inbox.module.css";
import { isHl7, segmentsOf } from "./hl7/segments";
import { Segments } from "./Segments";

/** `at` begins with the place that the message was parked for, if it was. */
export function Raw({ text, at = "" }: { text: string; at?: string }) {
  const { t } = useTranslation();
  if (isHl7(text)) return <Segments segments={segmentsOf(text)} wrong={/^([A-Z][A-Z0-9]{2})-(\d+)/.exec(at)?.[0]} />;
  const json = /^\s*[{[]/.test(text);
  return (
    <pre className={css["raw"]} tabIndex={0} aria-label={t("operator.inbox.raw")}>
      {json ? prettyJson(text) : text}
    </pre>
  );
}
