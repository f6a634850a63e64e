//! The list at the left: code systems, value sets or maps, found by title, address or the sound of their title.

import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef, Segmented } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useCount } from "../../workbench/operator/common/useWords";
import { addressOf, type Canonical, type Kind, KINDS, titleOf } from "../common/canonicals";
import { into, Rows } from "../common/Rows";
import { useCanonicals } from "../common/useCanonicals";
import { useTyped } from "../common/useTyped";
import css from "./terms.module.css";

interface ShelfProps {
  kind: Kind;
  address: string | undefined;
  onOpen: (kind: Kind, address: string | undefined) => void;
  box: Ref<InputRef>;
}

export function Shelf({ kind, address, onOpen, box }: ShelfProps) {
  const { t } = useTranslation();
  const count = useCount();
  const { query, all, cut, find } = useCanonicals(kind);
  const [typed, setTyped, settled] = useTyped("list");
  const found = find(typed);
  const isChosen = (one: Canonical) => addressOf(one) === address || one.url === address;
  return (
    <section className={css["shelf"]} aria-label={t("standards.terms.lists")}>
      <div className={css["shelfHead"]}>
        <Segmented
          block
          size="small"
          value={kind}
          aria-label={t("standards.terms.lists")}
          onChange={(next) => onOpen(next, undefined)}
          options={KINDS.map((one) => ({ value: one, label: t(`standards.terms.kinds.${one}`) }))}
        />
        <Input
          ref={box}
          allowClear
          size="small"
          autoComplete="off"
          spellCheck={false}
          prefix={<SearchOutlined />}
          aria-label={t("standards.terms.findList")}
          placeholder={t("standards.terms.findList")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={into("shelf")}
        />
        <p className="meta" role="status" aria-label={t("standards.terms.lists")}>
          {all && t("standards.terms.nLists", { n: count(found.length) })}
          {cut && ` ${t("standards.terms.cut")}`}
        </p>
      </div>
      {query.error && !all ? (
        <Failure cause={query.error} retry={() => void query.refetch()} />
      ) : !all ? (
        <Skeleton lines={10} />
      ) : found.length === 0 ? (
        <Empty title={t("standards.terms.noList")} help={t(all.length === 0 ? "standards.terms.noListHelp" : "standards.terms.noListFits")} />
      ) : (
        <Rows
          id="shelf"
          list={`${kind} ${settled}`}
          label={t(`standards.terms.kinds.${kind}`)}
          size={found.length}
          rem={3.6}
          chosen={found.findIndex(isChosen)}
          reveal={address}
          onChoose={(at) => onOpen(kind, addressOf(found[at] ?? { resourceType: kind }))}
        >
          {(at) => {
            const one = found[at];
            return one && <Line one={one} />;
          }}
        </Rows>
      )}
    </section>
  );
}

function Line({ one }: { one: Canonical }) {
  const { t } = useTranslation();
  const absent = one.content === "not-present";
  const part = one.content === "fragment" || one.content === "example";
  return (
    <span className={css["line"]}>
      <span className={css["lineTitle"]}>
        <b>{titleOf(one)}</b>
        {absent && <span className={css["tag"]}>{t("standards.terms.absent")}</span>}
        {part && <span className={css["tag"]}>{t("standards.terms.fragment")}</span>}
        {one.status === "retired" && <span className={css["tag"]}>{t("standards.terms.retired")}</span>}
      </span>
      <span className={css["lineUrl"]}>
        {one.url}
        {one.version && ` · ${one.version}`}
      </span>
    </span>
  );
}
