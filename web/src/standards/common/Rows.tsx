//! A list of any length in a box that scrolls: only the rows near the view are drawn. One stop for the Tab key; the
//! arrows go from row to row, Enter chooses. The focus stays on the box, which says which row it is about.

import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import css from "./rows.module.css";
import { type Drawn, drawn, towards } from "./window";

export interface RowState {
  here: boolean;
  chosen: boolean;
}

/** For the field above a list: the arrow, or Enter, goes down into it. */
export function into(id: string): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.nativeEvent.isComposing || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    event.preventDefault();
    document.getElementById(id)?.focus();
  };
}

interface RowsProps {
  id: string;
  label: string;
  size: number;
  /** How tall a row is, in `rem`: all are alike. */
  rem: number;
  /** The row that is in use; it may be none. */
  chosen?: number;
  onChoose: (at: number) => void;
  children: (at: number, state: RowState) => ReactNode;
  /** For a tree: what a row says of itself, and what the side arrows do. */
  tree?: { describe: (at: number) => object; fold: (at: number, open: boolean) => number | undefined };
  /** Told which rows are near the view. */
  onDrawn?: (range: Drawn) => void;
  /** Changes when the list is another one: it begins at its top. */
  list: string;
  /** Names what is chosen: its row is brought into view once, also when the address alone has named it. */
  reveal?: string | undefined;
}

export function Rows({ id, label, size, rem, chosen = -1, onChoose, children, tree, onDrawn, list, reveal }: RowsProps) {
  const { large } = usePrefs();
  const row = Math.round(rem * baseSize(large));
  const box = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<Drawn>({ first: 0, end: 0 });
  const [at, setAt] = useState(-1);
  const here = Math.min(at, size - 1);

  const look = useRef<() => void>(() => undefined);
  look.current = () => {
    if (!box.current) return;
    const next = drawn(box.current.scrollTop, box.current.clientHeight, row, size);
    setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
  };
  useLayoutEffect(() => look.current(), [row, size]);
  useEffect(() => {
    const watch = new ResizeObserver(() => look.current());
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    setAt(-1);
    if (box.current) box.current.scrollTop = 0;
    look.current();
  }, [list]);
  useEffect(() => onDrawn?.(range), [onDrawn, range]);

  const revealed = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (chosen < 0 || reveal === undefined || revealed.current === reveal || !box.current) return;
    revealed.current = reveal;
    box.current.scrollTop = towards(chosen, box.current.scrollTop, box.current.clientHeight, row);
    look.current();
  }, [reveal, chosen, row]);

  const go = (to: number) => {
    const next = Math.max(0, Math.min(size - 1, to));
    setAt(next);
    if (box.current) box.current.scrollTop = towards(next, box.current.scrollTop, box.current.clientHeight, row);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? row) / row) - 1);
    if (event.key === "ArrowDown" || event.key === "j") go(here + 1);
    else if (event.key === "ArrowUp" || event.key === "k") go(here - 1);
    else if (event.key === "PageDown") go(here + page);
    else if (event.key === "PageUp") go(here - page);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(size - 1);
    else if (event.key === "Enter" && here >= 0) onChoose(here);
    else if (tree && (event.key === "ArrowRight" || event.key === "ArrowLeft") && here >= 0) {
      const to = tree.fold(here, event.key === "ArrowRight");
      if (to !== undefined) go(to);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const rows = Array.from({ length: Math.max(0, Math.min(range.end, size) - range.first) }, (_, step) => range.first + step);
  return (
    <div
      ref={box}
      id={id}
      className={css["box"]}
      role={tree ? "tree" : "listbox"}
      aria-label={label}
      aria-activedescendant={here >= range.first && here < range.end ? `${id}-${here}` : undefined}
      tabIndex={0}
      onScroll={() => look.current()}
      onFocus={() => setAt((before) => (before < 0 ? Math.max(0, chosen) : before))}
      onKeyDown={keys}
    >
      <div role="presentation" className={css["canvas"]} style={{ height: size * row }}>
        {rows.map((place) => (
          <div
            key={place}
            id={`${id}-${place}`}
            className={css["row"]}
            role={tree ? "treeitem" : "option"}
            aria-selected={place === chosen}
            data-here={place === here}
            data-chosen={place === chosen}
            style={{ top: place * row, height: row }}
            {...(tree ? tree.describe(place) : { "aria-setsize": size, "aria-posinset": place + 1 })}
            onClick={() => {
              setAt(place);
              onChoose(place);
            }}
          >
            {children(place, { here: place === here, chosen: place === chosen })}
          </div>
        ))}
      </div>
    </div>
  );
}
