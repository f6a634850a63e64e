//! One step of the tour: what it shows, the button that does it, and what came of it.

import { Button } from "antd";
import type { ReactNode } from "react";
import { Failure } from "../../parts/states";
import css from "./tour.module.css";

interface StepProps {
  nth: number;
  title: string;
  says: ReactNode;
  act?: { word: string; busy: boolean; run: () => void } | undefined;
  cause?: unknown;
  children?: ReactNode;
}

export function Step({ nth, title, says, act, cause, children }: StepProps) {
  return (
    <li className={css["step"]} id={`step-${nth}`}>
      <span className={css["nth"]} aria-hidden="true">
        {nth}
      </span>
      <div className={css["body"]}>
        <h2 className={css["title"]}>{title}</h2>
        <div className={css["says"]}>{says}</div>
        {act && (
          <div>
            <Button type="primary" loading={act.busy} onClick={act.run}>
              {act.word}
            </Button>
          </div>
        )}
        {cause ? <Failure cause={cause} /> : null}
        <div aria-live="polite">{children}</div>
      </div>
    </li>
  );
}

/** A line that holds or does not. */
export function Finding({ holds, children }: { holds: boolean; children: ReactNode }) {
  return (
    <p className={css["finding"]} data-holds={holds}>
      <span aria-hidden="true">{holds ? "✓" : "✕"}</span> {children}
    </p>
  );
}
