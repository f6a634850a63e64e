//! HL7 v2 as people read it: a segment a line as it was sent, each field with its name on hover; a press on the name of
//! a segment lists its fields one below the other.

import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldName, segmentName } from "./hl7/names";
import type { Field, Segment } from "./hl7/segments";
import css from "./inbox.module.css";

export function Segments({ segments, wrong }: { segments: readonly Segment[]; wrong: string | undefined }) {
  const { t } = useTranslation();
  return (
    <div className={css["segments"]} tabIndex={0} role="group" aria-label={t("operator.inbox.raw")}>
      {segments.map((segment, at) => (
        // The segments of one message never change places.
        <SegmentLine key={at} segment={segment} wrong={wrong} />
      ))}
    </div>
  );
}

function SegmentLine({ segment, wrong }: { segment: Segment; wrong: string | undefined }) {
  const { i18n } = useTranslation();
  const language = i18n.language.startsWith("zh") ? "zh" : "en";
  const [open, setOpen] = useState(wrong?.startsWith(`${segment.name}-`) ?? false);
  if (segment.name === "") return <p className={css["line"]}>{segment.fields[0]?.text}</p>;
  const name = (field: Field) => fieldName(segment.name, field.number, language);
  return (
    <div className={css["segment"]}>
      <p className={css["line"]}>
        <button type="button" className={css["segmentName"]} aria-expanded={open} data-tip={segmentName(segment.name, language)} onClick={() => setOpen(!open)}>
          {segment.name}
        </button>
        {segment.fields.map((field) => (
          <Fragment key={field.number}>
            {/* The first separator of a header is itself a field, and stands in it. */}
            {!(segment.isHeader && field.number <= 2) && <i>{segment.separator}</i>}
            {field.text && (
              <span className={css["field"]} data-wrong={wrong === `${segment.name}-${field.number}`} data-tip={`${segment.name}-${field.number} ${name(field)}`}>
                {field.text}
              </span>
            )}
          </Fragment>
        ))}
      </p>
      {open && (
        <dl className={css["fields"]}>
          {segment.fields
            .filter(({ text }) => text !== "")
            .map((field) => (
              <div key={field.number} data-wrong={wrong === `${segment.name}-${field.number}`}>
                <dt>
                  {segment.name}-{field.number} {name(field)}
                </dt>
                <dd>{field.text}</dd>
              </div>
            ))}
        </dl>
      )}
    </div>
  );
}
