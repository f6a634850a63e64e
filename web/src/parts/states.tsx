//! The states every view must have besides its content: nothing there, reading, and what went wrong.

import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { FhirError } from "../fhir/errors";
import css from "./states.module.css";

export function Empty({ title, help, big, children }: { title: string; help?: string; big?: boolean; children?: ReactNode }) {
  return (
    <div className={big ? css["centred"] : css["state"]}>
      <p className={big ? css["title"] : undefined}>{title}</p>
      {help && <p className="meta">{help}</p>}
      {children}
    </div>
  );
}

/** What happened, what to do, whom to ask. */
export function Failure({ cause, retry, big }: { cause: unknown; retry?: () => void; big?: boolean }) {
  const { t } = useTranslation();
  const trouble = cause instanceof FhirError ? cause.trouble : "server";
  const said = cause instanceof FhirError && cause.outcome ? cause.message : "";
  const hopeless = trouble === "forbidden" || trouble === "missing";
  return (
    <div className={big ? css["centred"] : css["state"]} role="alert">
      <p className={css["title"]}>{t(`common.trouble.${trouble}`)}</p>
      <p className={css["help"]}>{t(`common.trouble.${trouble}Help`)}</p>
      {said && !hopeless && <p className={css["said"]}>{said}</p>}
      {retry && !hopeless && (
        <div className={css["action"]}>
          <Button size="small" onClick={retry}>
            {t("common.retry")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The shape of what will come, so that nothing jumps when it does. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className={css["bones"]} role="status" aria-label={t("common.loading")}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className={css["bone"]} />
      ))}
    </div>
  );
}
