//! Operations by name, with what each does.

import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Operation } from "./capability";
import css from "./conformance.module.css";
import { saysOf } from "./operationWords";

/** So many are shown unasked. */
const FEW = 8;

export function Operations({ operations, narrow = false }: { operations: readonly Operation[]; narrow?: boolean }) {
  const { t, i18n } = useTranslation();
  const [whole, setWhole] = useState(false);
  if (operations.length === 0) return <p className={css["note"]}>{t("standards.conformance.noOperation")}</p>;
  return (
    <>
      <dl className={narrow ? css["facts"] : `${css["facts"]} ${css["two"]}`}>
        {operations.slice(0, whole ? undefined : FEW).map((operation) => (
          <div key={operation.name}>
            <dt>
              <code>${operation.name}</code>
            </dt>
            <dd>{saysOf(operation, i18n.language)}</dd>
          </div>
        ))}
      </dl>
      {operations.length > FEW && (
        <div className={css["more"]}>
          <Button size="small" type="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t("common.showLess") : t("common.showAll", { n: operations.length })}
          </Button>
        </div>
      )}
    </>
  );
}
