//! j, k, Enter in a list; `/` goes back to the box. Keys typed into a field stay there, but for the arrows and Enter.

import { useEffect, useState } from "react";

interface ListKeys {
  size: number;
  open: (at: number) => void;
  focusBox: () => void;
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

export function useListKeys({ size, open, focusBox }: ListKeys): [number, (at: number) => void] {
  const [at, setAt] = useState(-1);
  const here = Math.min(at, size - 1);

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const typing = inField(event.target);
      const down = event.key === "ArrowDown" || (!typing && event.key === "j");
      const up = event.key === "ArrowUp" || (!typing && event.key === "k");
      if (down) setAt(Math.min(here + 1, size - 1));
      else if (up) setAt(Math.max(here - 1, 0));
      else if (event.key === "Enter" && here >= 0 && (typing || event.target === document.body)) open(here);
      else if (event.key === "/" && !typing) focusBox();
      else return;
      event.preventDefault();
      if (typing && (down || up)) (event.target as HTMLElement).blur();
    };
    document.addEventListener("keydown", keys);
    return () => document.removeEventListener("keydown", keys);
  });

  return [here, setAt];
}
