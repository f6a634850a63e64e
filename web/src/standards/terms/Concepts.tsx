//! The codes of a system or value set: a tree where they stand in one, a list where they do not, and whatever fits the
//! words that are typed. All of them are there, however many; only those in view are read.

import { DownOutlined, RightOutlined, SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Skeleton } from "../../parts/states";
import { useCount } from "../../workbench/operator/common/useWords";
import { into, Rows } from "../common/Rows";
import { useTyped } from "../common/useTyped";
import { Absent } from "./Absent";
import type { Source } from "./ask";
import css from "./terms.module.css";
import type { Row } from "./tree";
import { useConcepts } from "./useConcepts";

interface ConceptsProps {
  kind: Source["kind"];
  address: string;
  chosen: { system: string | undefined; code: string | undefined };
  onChoose: (system: string, code: string, version?: string) => void;
  box: Ref<InputRef>;
}

export function Concepts({ kind, address, chosen, onChoose, box }: ConceptsProps) {
  const { t, i18n } = useTranslation();
  const count = useCount();
  const [typed, setTyped, words] = useTyped("q");
  const found = useConcepts({ kind, address, words, language: i18n.language });
  const { shape } = found;
  const chosenRow = () => {
    // Only what has been read can be marked: the row itself, if it is among those in view.
    for (let at = 0; at < Math.min(shape.size, 500); at += 1) {
      const concept = shape.at(at)?.concept;
      if (concept && concept.code === chosen.code && (!chosen.system || concept.system === chosen.system)) return at;
    }
    return -1;
  };
  return (
    <>
      <div className={css["quick"]}>
        <Input
          ref={box}
          allowClear
          autoComplete="off"
          spellCheck={false}
          prefix={<SearchOutlined />}
          aria-label={t("standards.terms.quick")}
          placeholder={t("standards.terms.quick")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={into("codes")}
        />
        <span className="meta" role="status" aria-label={t("standards.terms.quick")} data-fresh={found.fresh}>
          {found.fresh && t(words ? "standards.terms.nFound" : found.nested ? "standards.terms.nTop" : "standards.terms.nCodes", { n: count(found.total) })}
        </span>
      </div>
      {found.error && !found.fresh ? (
        <Absent cause={found.error} title={t("standards.terms.noCodes")} retry={found.again} big />
      ) : !found.known ? (
        <Skeleton lines={12} />
      ) : found.total === 0 ? (
        <Empty big title={t(words ? "standards.terms.noneFound" : "standards.terms.noCodes")} help={t(words ? "standards.terms.noneFoundHelp" : "standards.terms.noCodesHelp")} />
      ) : (
        <div className={css["codes"]} aria-busy={!found.fresh}>
          <Rows
            id="codes"
            list={found.list}
            label={t("standards.terms.codes")}
            size={shape.size}
            rem={2.3}
            chosen={chosenRow()}
            reveal={chosen.code}
            onDrawn={found.onDrawn}
            onChoose={(at) => {
              const concept = shape.at(at)?.concept;
              if (concept) onChoose(concept.system, concept.code, concept.version);
            }}
            tree={{
              fold: found.fold,
              describe: (at) => {
                const row = shape.at(at);
                return row ? { "aria-level": row.depth + 1, "aria-setsize": row.siblings, "aria-posinset": row.place + 1, ...(row.opens ? { "aria-expanded": row.open } : {}) } : {};
              },
            }}
          >
            {(at) => {
              const row = shape.at(at);
              return row && <CodeRow row={row} nested={found.nested} onFold={() => found.fold(at)} />;
            }}
          </Rows>
        </div>
      )}
    </>
  );
}

function CodeRow({ row: { concept, depth, opens, open }, nested, onFold }: { row: Row; nested: boolean; onFold: () => void }) {
  const { t } = useTranslation();
  if (!concept) {
    return (
      <span className={css["coming"]} style={{ marginInlineStart: `${depth * 1.3}rem` }}>
        <span className="offscreen">{t("common.loading")}</span>
      </span>
    );
  }
  return (
    <>
      {nested && (
        <span
          className={css["twist"]}
          style={{ marginInlineStart: `${depth * 1.3}rem` }}
          aria-hidden="true"
          data-opens={opens}
          onClick={(event) => {
            if (!opens) return;
            event.stopPropagation();
            onFold();
          }}
        >
          {opens && (open ? <DownOutlined /> : <RightOutlined />)}
        </span>
      )}
      <code className={css["code"]}>{concept.code}</code>
      <span className={css["display"]} data-abstract={concept.abstract}>
        {concept.display}
      </span>
      {concept.abstract && <span className={css["tag"]}>{t("standards.terms.abstract")}</span>}
      {concept.inactive && <span className={css["tag"]}>{t("standards.terms.inactive")}</span>}
    </>
  );
}
