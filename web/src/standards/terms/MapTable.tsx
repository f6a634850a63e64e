//! A map: from which code to which, and how the target stands to the source.

import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { type Ref, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useCount } from "../../workbench/operator/common/useWords";
import { into, Rows } from "../common/Rows";
import { useTyped } from "../common/useTyped";
import { narrowed, rowsOf, SIGNS, systemsOf } from "./maps";
import css from "./terms.module.css";
import { useEquivalence } from "./useEquivalence";
import { useMap } from "./useMap";

interface MapTableProps {
  address: string;
  chosen: { system: string | undefined; code: string | undefined };
  onChoose: (system: string, code: string) => void;
  box: Ref<InputRef>;
}

export function MapTable({ address, chosen, onChoose, box }: MapTableProps) {
  const { t } = useTranslation();
  const count = useCount();
  const word = useEquivalence();
  const [typed, setTyped, words] = useTyped("q");
  const { data: map, error, refetch } = useMap(address);
  const rows = useMemo(() => (map ? rowsOf(map) : undefined), [map]);
  const found = useMemo(() => narrowed(rows ?? [], words), [rows, words]);
  if (error && !map) return <Failure cause={error} retry={() => void refetch()} big />;
  if (map === null) return <Empty big title={t("standards.terms.gone")} help={t("standards.terms.goneHelp")} />;
  if (!map || !rows) return <Skeleton lines={12} />;
  const { from, to } = systemsOf(map);
  return (
    <>
      <dl className={css["ends"]}>
        <div>
          <dt>{t("standards.terms.from")}</dt>
          <dd>{from.join("  ") || "–"}</dd>
        </div>
        <div>
          <dt>{t("standards.terms.to")}</dt>
          <dd>{to.join("  ") || "–"}</dd>
        </div>
      </dl>
      <div className={css["quick"]}>
        <Input
          ref={box}
          allowClear
          autoComplete="off"
          spellCheck={false}
          prefix={<SearchOutlined />}
          aria-label={t("standards.terms.quickMap")}
          placeholder={t("standards.terms.quickMap")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={into("mapped")}
        />
        <span className="meta" role="status" aria-label={t("standards.terms.quickMap")}>
          {t("standards.terms.nMapped", { n: count(found.length) })}
        </span>
      </div>
      {found.length === 0 ? (
        <Empty big title={t("standards.terms.noneFound")} help={t("standards.terms.noneMapped")} />
      ) : (
        <Rows
          id="mapped"
          list={`${address} ${words}`}
          label={t("standards.terms.mapped")}
          size={found.length}
          rem={3.4}
          chosen={found.findIndex(({ source }) => source.code === chosen.code && source.system === chosen.system)}
          reveal={chosen.code}
          onChoose={(at) => {
            const row = found[at];
            if (row) onChoose(row.source.system, row.source.code);
          }}
        >
          {(at) => {
            const row = found[at];
            return (
              row && (
                <span className={css["pair"]}>
                  <span className={css["end"]}>
                    <code className={css["code"]}>{row.source.code}</code> {row.source.display}
                  </span>
                  <span className={css["relation"]} data-none={row.target === undefined}>
                    <b aria-hidden="true">{SIGNS[row.equivalence] ?? "→"}</b> {word(row.equivalence)}
                  </span>
                  <span className={css["end"]}>
                    {row.target ? (
                      <>
                        <code className={css["code"]}>{row.target.code}</code> {row.target.display}
                      </>
                    ) : (
                      "–"
                    )}
                    {row.comment && <span className="meta"> {row.comment}</span>}
                  </span>
                </span>
              )
            );
          }}
        </Rows>
      )}
    </>
  );
}
