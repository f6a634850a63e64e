//! One floating tip for the whole page: whatever carries `data-tip` shows it on hover and on focus.
//! A record has hundreds of such places; one listener costs less than one widget each.

import { useEffect, useRef, useState } from "react";
import css from "./tips.module.css";

interface Tip {
  text: string;
  x: number;
  y: number;
  below: boolean;
}

const DELAY_MS = 250;

function tipAt(target: EventTarget | null): Tip | undefined {
  const holder = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
  const text = holder?.dataset["tip"];
  if (!holder || !text) return undefined;
  const box = holder.getBoundingClientRect();
  const below = box.top < 80;
  const x = Math.min(Math.max(box.left + box.width / 2, 150), window.innerWidth - 150);
  return { text, x, y: below ? box.bottom + 6 : box.top - 6, below };
}

export function Tips() {
  const [tip, setTip] = useState<Tip>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const show = (event: Event) => {
      // A press gives the focus as well; only a keyboard's focus asks for a tip.
      if (event.type === "focusin" && !(event.target instanceof Element && event.target.matches(":focus-visible"))) return;
      clearTimeout(timer.current);
      const next = tipAt(event.target);
      if (next) timer.current = setTimeout(() => setTip(next), DELAY_MS);
      else setTip(undefined);
    };
    const hide = () => {
      clearTimeout(timer.current);
      setTip(undefined);
    };
    document.addEventListener("pointerover", show);
    document.addEventListener("focusin", show);
    for (const name of ["pointerdown", "keydown", "scroll"]) document.addEventListener(name, hide, true);
    return () => {
      clearTimeout(timer.current);
      document.removeEventListener("pointerover", show);
      document.removeEventListener("focusin", show);
      for (const name of ["pointerdown", "keydown", "scroll"]) document.removeEventListener(name, hide, true);
    };
  }, []);

  if (!tip) return null;
  return (
    <div className={tip.below ? css["below"] : css["tip"]} style={{ left: tip.x, top: tip.y }} role="tooltip">
      {tip.text}
    </div>
  );
}
