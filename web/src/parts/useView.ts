//! What of an element the reader can see, in the element's own pixels: follows whatever scrolls around it.

import { type RefObject, useEffect, useState } from "react";

export interface View {
  top: number;
  bottom: number;
}

/** Scrolling is followed in steps of this many pixels: a list need not be drawn anew for each of them. */
const STEP = 120;

/** The whole list, for printing: paper does not scroll. */
const EVERYTHING: View = { top: 0, bottom: Number.MAX_SAFE_INTEGER };

function viewOf(element: HTMLElement): View {
  let top = 0;
  let bottom = window.innerHeight;
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (!/auto|scroll/.test(getComputedStyle(around).overflowY)) continue;
    const box = around.getBoundingClientRect();
    top = Math.max(top, box.top);
    bottom = Math.min(bottom, box.bottom);
  }
  const own = element.getBoundingClientRect().top;
  const down = (pixels: number) => Math.floor(pixels / STEP) * STEP;
  return { top: down(top - own), bottom: down(bottom - own) + STEP };
}

export function useView(ref: RefObject<HTMLElement | null>): View {
  const [view, setView] = useState<View>({ top: 0, bottom: 2000 });

  useEffect(() => {
    const paper = window.matchMedia("print");
    const look = () => {
      if (!ref.current) return;
      const next = paper.matches ? EVERYTHING : viewOf(ref.current);
      setView((before) => (before.top === next.top && before.bottom === next.bottom ? before : next));
    };
    look();
    document.addEventListener("scroll", look, { capture: true, passive: true });
    window.addEventListener("resize", look);
    paper.addEventListener("change", look);
    return () => {
      document.removeEventListener("scroll", look, { capture: true });
      window.removeEventListener("resize", look);
      paper.removeEventListener("change", look);
    };
  }, [ref]);

  return view;
}
