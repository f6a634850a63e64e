//! One code: what it is called in which language, its properties, what stands above and below it, and where it is used.

import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../parts/keys/useKeys";
import { Failure, Skeleton } from "../../parts/states";
import type { Kind } from "../common/canonicals";
import { addressOf, spoken, titleOf } from "../common/canonicals";
import { Copy, useCopy } from "../common/Copy";
import { useCanonicals } from "../common/useCanonicals";
import { Absent } from "./Absent";
import { inChinese, isForeign, type Kin, type Looked, type Match } from "./concept";
import css from "./terms.module.css";
import { useEquivalence } from "./useEquivalence";
import { useListed } from "./useListed";
import { usePropertyNames } from "./usePropertyNames";
import { useLooked, useMatches, useSets } from "./useStands";

interface ConceptPanelProps {
  system: string;
  code: string;
  version: string | undefined;
  onGo: (system: string, code: string) => void;
  onOpen: (kind: Kind, address: string) => void;
  onClose: () => void;
}

export function ConceptPanel({ system, code, version, onGo, onOpen, onClose }: ConceptPanelProps) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useLooked(system, code, version, i18n.language);
  const copy = useCopy();
  useKeys({ Esc: onClose, c: () => copy(code) });
  return (
    <section className={css["panel"]} aria-label={t("standards.terms.concept")} id="concept">
      <header className={css["panelHead"]}>
        <h2>
          <code>{code}</code>
        </h2>
        <Copy text={code} label={t("standards.terms.copyCode")} />
        <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("common.close")} data-tip={t("common.close")} onClick={onClose} className={css["close"] ?? ""} />
      </header>
      {error ? (
        <Absent cause={error} title={t("standards.terms.codeAbsent")} help={t("standards.terms.absentHelp")} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={6} />
      ) : (
        <Facts looked={data} system={system} onGo={(to) => onGo(system, to)} />
      )}
      <InSets key={`sets ${system} ${code}`} system={system} code={code} onOpen={onOpen} />
      <InMaps key={`maps ${system} ${code}`} system={system} code={code} onOpen={onOpen} onGo={onGo} />
    </section>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css["block"]} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ looked, system, onGo }: { looked: Looked; system: string; onGo: (code: string) => void }) {
  const { t, i18n } = useTranslation();
  const names = usePropertyNames();
  const { one, read } = useListed("CodeSystem", looked.version ? `${system}|${looked.version}` : system);
  return (
    <>
      <div className={css["lead"]}>
        <p className={css["name"]} {...inChinese(looked.display, i18n.language)}>
          {looked.display} {isForeign(looked.display, i18n.language) && <span className={css["tag"]}>{t("standards.terms.noEnglish")}</span>}
        </p>
        {looked.definition && looked.definition !== looked.display && <p className={css["definition"]}>{looked.definition}</p>}
        <p className="meta">
          {/* The name that programs know it by only where there is no title. */}
          {one ? titleOf(one) : read ? looked.system : ""} {looked.version}
        </p>
        <p className={css["fullUrl"]}>{system}</p>
      </div>
      {looked.wordings.length > 0 && (
        <Block title={t("standards.terms.wordings")}>
          <dl className={css["facts"]}>
            {looked.wordings.map(({ language, use, value }, at) => (
              <div key={at}>
                <dt>{[names.language(language), names.use(use)].filter(Boolean).join(" · ") || "–"}</dt>
                <dd lang={language || undefined}>{value}</dd>
              </div>
            ))}
          </dl>
        </Block>
      )}
      {looked.properties.length > 0 && (
        <Block title={t("standards.terms.properties")}>
          <dl className={css["facts"]}>
            {looked.properties.map(({ code, value, says }, at) => (
              <div key={at}>
                <dt data-tip={[code, says].filter(Boolean).join("\n")}>{names.property(code, says)}</dt>
                <dd>{names.value(code, value)}</dd>
              </div>
            ))}
          </dl>
        </Block>
      )}
      <Kins title={t("standards.terms.above")} kin={looked.parents} onGo={onGo} />
      <Kins title={t("standards.terms.below")} kin={looked.children} onGo={onGo} />
    </>
  );
}

/** As many as one looks through; the tree has all of them. */
const SHOWN = 40;

function Kins({ title, kin, onGo }: { title: string; kin: readonly Kin[]; onGo: (code: string) => void }) {
  const { t } = useTranslation();
  if (kin.length === 0) return null;
  return (
    <Block title={title}>
      <ul className={css["kin"]}>
        {kin.slice(0, SHOWN).map(({ code, display }) => (
          <li key={code}>
            <button type="button" className={css["go"]} onClick={() => onGo(code)}>
              <code>{code}</code> {display}
            </button>
          </li>
        ))}
      </ul>
      {kin.length > SHOWN && <p className="meta">{t("standards.terms.moreBelow", { n: kin.length - SHOWN })}</p>}
    </Block>
  );
}

function InSets({ system, code, onOpen }: { system: string; code: string; onOpen: (kind: Kind, address: string) => void }) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useSets(system, code);
  return (
    <Block title={t("standards.terms.inSets")}>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={2} />
      ) : (
        <>
          {data.having.length === 0 && <p className="meta">{t(data.told || data.asked > 0 ? "standards.terms.inNoSet" : "standards.terms.inSetsUnknown")}</p>}
          <ul className={css["kin"]}>
            {data.having.map((one) => (
              <li key={addressOf(one)}>
                <button type="button" className={css["go"]} data-tip={one.url} onClick={() => onOpen("ValueSet", addressOf(one))}>
                  {titleOf(spoken(one, i18n.language))}
                </button>
              </li>
            ))}
          </ul>
          {data.more && <p className="meta">{t("standards.terms.moreSets", { n: data.asked })}</p>}
        </>
      )}
    </Block>
  );
}

function InMaps({ system, code, onOpen, onGo }: { system: string; code: string; onOpen: (kind: Kind, address: string) => void; onGo: (system: string, code: string) => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useMatches(system, code);
  return (
    <Block title={t("standards.terms.inMaps")}>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={2} />
      ) : data.to.length + data.from.length === 0 ? (
        <p className="meta">{t("standards.terms.inNoMap")}</p>
      ) : (
        <>
          <Matches words={t("standards.terms.mapsTo")} matches={data.to} onOpen={onOpen} onGo={onGo} />
          <Matches words={t("standards.terms.mappedFrom")} matches={data.from} onOpen={onOpen} onGo={onGo} />
        </>
      )}
    </Block>
  );
}

interface MatchesProps {
  words: string;
  matches: readonly Match[];
  onOpen: (kind: Kind, address: string) => void;
  onGo: (system: string, code: string) => void;
}

function Matches({ words, matches, onOpen, onGo }: MatchesProps) {
  const { t } = useTranslation();
  const word = useEquivalence();
  const { all } = useCanonicals("ConceptMap");
  const nameOf = (map: string) => titleOf(all?.find((one) => addressOf(one) === map || one.url === map) ?? { resourceType: "ConceptMap", url: map });
  if (matches.length === 0) return null;
  return (
    <>
      <h4 className={css["sub"]}>{words}</h4>
      <ul className={css["kin"]}>
        {matches.slice(0, SHOWN).map(({ equivalence, system, code, display, map, comment }, at) => (
          <li key={at}>
            <span className="meta">{word(equivalence)}</span>{" "}
            {code && (
              <button type="button" className={css["go"]} data-tip={system} onClick={() => onGo(system, code)}>
                <code>{code}</code> {display}
              </button>
            )}{" "}
            {map && (
              <button type="button" className={css["via"]} data-tip={map} onClick={() => onOpen("ConceptMap", map)}>
                {t("standards.terms.byMap", { name: nameOf(map) })}
              </button>
            )}
            {comment && <span className="meta"> {comment}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
