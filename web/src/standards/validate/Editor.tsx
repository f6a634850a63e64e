//! A text with numbered lines and marks beside those with faults. The text itself is the browser's own field: keyboard,
//! input methods and screen readers work as everywhere. Numbers and marks are drawn for the lines in view alone.

import { type DragEvent, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import { drawn, towards } from "../common/window";
import css from "./editor.module.css";
import type { Severity } from "./faults";
import type { Lines } from "./lines";
import type { Span } from "./scan";

export interface EditorHandle {
  /** Brings a line into view; with a span the text is selected and gets the focus. */
  show: (line: number, span?: Span) => void;
  focus: () => void;
}

interface EditorProps {
  value: string;
  lines: Lines;
  marks: ReadonlyMap<number, Severity>;
  /** The line that is spoken of. */
  line: number | undefined;
  onChange: (text: string) => void;
  onSend: () => void;
  onFile: (file: File) => void;
  onMark: (line: number) => void;
  ref: Ref<EditorHandle>;
}

/** The space above the first line, in pixels; the style sheet has the same. */
const PAD = 8;

const SIGNS: Record<Severity, string> = { fatal: "✕", error: "✕", warning: "▲", information: "i" };

export function Editor({ value, lines, marks, line, onChange, onSend, onFile, onMark, ref }: EditorProps) {
  const { t } = useTranslation();
  const { large } = usePrefs();
  const row = Math.round(baseSize(large) * 1.5);
  const field = useRef<HTMLTextAreaElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [over, setOver] = useState(false);

  const look = () => {
    if (!field.current) return;
    const { scrollTop: top, clientHeight: height } = field.current;
    setView((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  useEffect(() => {
    const watch = new ResizeObserver(look);
    if (field.current) watch.observe(field.current);
    return () => watch.disconnect();
  }, []);

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    show: (wanted, span) => {
      const area = field.current;
      if (!area) return;
      if (span) {
        area.focus({ preventScroll: true });
        // On a phone the text stands above the faults.
        area.scrollIntoView({ block: "nearest" });
        area.setSelectionRange(span.start, span.end);
      }
      const to = towards(wanted - 1, area.scrollTop - PAD, area.clientHeight - PAD, row);
      // In the middle rather than at an edge, if it must move at all.
      if (to !== area.scrollTop - PAD) area.scrollTop = Math.max(0, (wanted - 1) * row - area.clientHeight / 2);
      area.scrollLeft = 0;
      look();
    },
  }));

  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSend();
    }
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    onFile(file);
  };

  const count = lines.starts.length;
  const range = drawn(view.top, view.height, row, count);
  const shown = Array.from({ length: Math.max(0, range.end - range.first) }, (_, at) => range.first + at + 1);
  const place = (number: number) => ({ top: PAD + (number - 1) * row - view.top, height: row, lineHeight: `${row}px` });
  return (
    <div
      className={css["editor"]}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={css["gutter"]} style={{ width: `${Math.max(3, String(count).length) + 3}ch` }} aria-hidden="true">
        {shown.map((number) => {
          const mark = marks.get(number);
          return (
            <span key={number} className={css["number"]} style={place(number)} data-mark={mark} onClick={() => mark && onMark(number)}>
              {mark && <b>{SIGNS[mark]}</b>}
              {number}
            </span>
          );
        })}
      </div>
      <div className={css["paper"]}>
        <div className={css["bands"]} aria-hidden="true">
          {shown.map((number) => {
            const mark = marks.get(number);
            return (mark || number === line) && <span key={number} className={css["band"]} style={place(number)} data-mark={mark} data-here={number === line} />;
          })}
        </div>
        <textarea
          ref={field}
          id="text"
          className={css["text"]}
          style={{ lineHeight: `${row}px` }}
          aria-label={t("standards.validate.text")}
          placeholder={t("standards.validate.placeholder")}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onScroll={look}
          onKeyDown={keys}
        />
      </div>
    </div>
  );
}
