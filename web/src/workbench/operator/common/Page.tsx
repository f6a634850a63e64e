//! What every page of the operator stands in: its title, whether it is live, and what it can do.

import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./page.module.css";
import { useLiveState } from "./stream";
import type { Live } from "./useLive";

interface PageProps {
  title: string;
  help?: string;
  live?: Live;
  extra?: ReactNode;
  /** The page fills the window, and its parts scroll. */
  whole?: boolean;
  children: ReactNode;
}

export function Page({ title, help, live, extra, whole, children }: PageProps) {
  const { t } = useTranslation();
  return (
    <div className={css["page"]} data-whole={whole ?? false}>
      <header className={css["head"]}>
        <h1 className={css["title"]}>{title}</h1>
        {extra}
        {live && (
          <span className={css["state"]}>
            {/* Beside the state, so that nothing moves when it comes. */}
            {live.pending > 0 && (
              <Button size="small" onClick={live.refresh}>
                {t("operator.inbox.pending", { n: live.pending })}
              </Button>
            )}
            <LiveState />
          </span>
        )}
        {help && <p className={css["help"]}>{help}</p>}
      </header>
      {children}
    </div>
  );
}

function LiveState() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <span className={css["live"]} data-state={state} role="status">
      {t(state === "broken" ? "record.live.brokenShort" : `record.live.${state}`)}
    </span>
  );
}

/** A titled part of a page. */
export function Part({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className={css["part"]} aria-label={title}>
      <header className={css["partHead"]}>
        <h2>{title}</h2>
        {extra && <div className={css["partExtra"]}>{extra}</div>}
      </header>
      {children}
    </section>
  );
}
