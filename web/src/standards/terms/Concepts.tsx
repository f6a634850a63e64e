//! The codes of a system or value set: a tree where they stand in one, a list where they do not, and whatever fits the
//! words that are typed. All of them are there, however many; only those in view are read.

import { DownOutlined, ReloadOutlined, RightOutlined, SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import type { CSSProperties, Ref } from "react";
import { useTranslation } from "react-i18next";
import { HAN } from "../../fhir/concept";
import { Empty, Skeleton } from "../../parts/states";
import { useCount } from "../../workbench/operator/common/useWords";
import { split } from "../common/canonicals";
import { into, Rows } from "../common/Rows";
import { useTyped } from "../common/useTyped";
import { Absent } from "./Absent";
import type { Source } from "./ask";
import { inChinese, isForeign } from "./concept";
import css from "./terms.module.css";
import type { Row } from "./tree";
import { useConcepts } from "./useConcepts";
import { useListed } from "./useListed";

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
        <Nothing kind={kind} address={address} cause={found.error} retry={found.again} />
      ) : !found.known ? (
        <Skeleton lines={12} />
      ) : found.total === 0 ? (
        <Empty big title={t(words ? "standards.terms.noneFound" : "standards.terms.noCodes")} help={t(words ? "standards.terms.noneFoundHelp" : "standards.terms.noCodesHelp")} />
      ) : (
        <div className={css["codes"]} aria-busy={!found.fresh} style={{ "--code": `${found.widest}ch` } as CSSProperties}>
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
              const row = shape.at(at);
              if (row?.concept) onChoose(row.concept.system, row.concept.code, row.concept.version);
              else if (row && found.lacks(row)) found.retry(row);
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
              return row && <CodeRow row={row} nested={found.nested} lacks={found.lacks(row)} onFold={() => found.fold(at)} />;
            }}
          </Rows>
        </div>
      )}
    </>
  );
}

/** Why there are no codes: the address is nobody's, the version is another, or the contents are not loaded. */
function Nothing({ kind, address, cause, retry }: { kind: Source["kind"]; address: string; cause: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const { lacks, versions } = useListed(kind, address);
  const [title, help] =
    lacks === "resource"
      ? [t(`standards.terms.unknown.${kind}`), t("standards.terms.unknownHelp")]
      : lacks === "version"
        ? [t("standards.terms.noVersion", { version: split(address).version }), t("standards.terms.versionsHere", { versions: versions.join(t("common.comma")) })]
        : [t("standards.terms.noCodes"), t("standards.terms.absentHelp")];
  return <Absent cause={cause} title={title} help={help} quiet={lacks !== undefined} retry={retry} big />;
}

interface CodeRowProps {
  row: Row;
  nested: boolean;
  /** Its page did not come: a press, or Enter, asks for it again. */
  lacks: boolean;
  onFold: () => void;
}

function CodeRow({ row: { concept, depth, opens, open }, nested, lacks, onFold }: CodeRowProps) {
  const { t, i18n } = useTranslation();
  if (lacks) {
    return (
      <span className={css["lacks"]} style={{ marginInlineStart: `${depth * 1.3}rem` }}>
        <ReloadOutlined /> {t("standards.terms.retryRow")}
      </span>
    );
  }
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
      <span className={css["display"]} data-abstract={concept.abstract} {...inChinese(concept.display, i18n.language)}>
        {concept.display}
        {/* By which of its other names it was found. */}
        {concept.foundBy && (
          <span className="meta" lang={HAN.test(concept.foundBy) ? "zh-CN" : undefined}>
            {" "}
            {t("standards.terms.foundBy", { name: concept.foundBy })}
          </span>
        )}
      </span>
      {isForeign(concept.display, i18n.language) && <span className={css["tag"]}>{t("standards.terms.noEnglish")}</span>}
      {/* A heading that unfolds is seen to be one. */}
      {concept.abstract && <span className={nested && opens ? "offscreen" : css["tag"]}>{t("standards.terms.abstract")}</span>}
      {concept.inactive && <span className={css["tag"]}>{t("standards.terms.inactive")}</span>}
    </>
  );
}
