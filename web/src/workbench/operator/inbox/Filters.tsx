//! What the inbox is narrowed to; all of it stands in the address.

import { Button, Input, Segmented } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useInstitutions, useKnownInstitutions } from "../../../parts/institutions";
import { useUrlParams } from "../../../parts/url";
import { Choice } from "../common/Choice";
import { useCount } from "../common/useWords";
import css from "./inbox.module.css";
import { countOf, type InboxFilter, isNarrow, REASONS, SPANS, STATES } from "./messages";
import { useReasonWord } from "./words";

interface FiltersProps {
  filter: InboxFilter;
  counts: ReadonlyMap<string, number>;
  kinds: readonly string[];
  extra: ReactNode;
}

const NOTHING = { institution: undefined, kind: undefined, reason: undefined, control: undefined, within: undefined };

export function Filters({ filter, counts, kinds, extra }: FiltersProps) {
  const { t } = useTranslation();
  const set = useUrlParams();
  const known = useKnownInstitutions();
  const institution = useInstitutions();
  const reasonWord = useReasonWord();
  const count = useCount();
  const codes = [...new Set([...known, ...(filter.institution ? [filter.institution] : [])])];
  const choose = (name: keyof InboxFilter) => (value: string | undefined) => set({ [name]: value, message: undefined });
  return (
    <div className={css["filters"]} role="search" aria-label={t("operator.filter")}>
      <Segmented
        value={filter.state}
        aria-label={t("operator.inbox.state")}
        onChange={(state) => set({ state: state === "parked" ? undefined : state, message: undefined })}
        options={STATES.map((state) => {
          const n = countOf(counts, state);
          return { value: state, label: `${t(`operator.inbox.states.${state}`)} ${n === undefined ? "" : count(n)}` };
        })}
      />
      <Choice
        label={t("operator.inbox.institution")}
        className={css["select"]}
        value={filter.institution}
        onChange={choose("institution")}
        options={codes.map((code) => ({ value: code, label: institution(code).name }))}
      />
      <Choice
        label={t("operator.inbox.kind")}
        search
        className={css["select"]}
        value={filter.kind}
        onChange={choose("kind")}
        options={kinds.map((kind) => ({ value: kind, label: kind }))}
      />
      <Choice
        label={t("operator.inbox.reason")}
        className={css["select"]}
        value={filter.reason}
        onChange={choose("reason")}
        options={REASONS.map((reason) => ({ value: reason, label: reasonWord(reason) }))}
      />
      <Choice
        label={t("common.time")}
        any={t("operator.anyTime")}
        className={css["select"]}
        value={filter.within}
        onChange={choose("within")}
        options={(Object.keys(SPANS) as (keyof typeof SPANS)[]).map((span) => ({ value: span, label: t(`operator.within.${span}`) }))}
      />
      <Input.Search
        allowClear
        size="small"
        className={css["control"] ?? ""}
        aria-label={t("operator.inbox.control")}
        placeholder={t("operator.inbox.control")}
        key={filter.control ?? ""}
        defaultValue={filter.control ?? ""}
        onSearch={(value) => choose("control")(value.trim() || undefined)}
      />
      {isNarrow(filter) && (
        <Button size="small" type="link" onClick={() => set({ ...NOTHING, message: undefined })}>
          {t("operator.clear")}
        </Button>
      )}
      <span className={css["extra"]}>{extra}</span>
    </div>
  );
}
