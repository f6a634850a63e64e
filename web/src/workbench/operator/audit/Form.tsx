//! What is searched for. The address changes when the form is sent, and the search runs with it.

import { SearchOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useInstitutions, useKnownInstitutions } from "../../../parts/institutions";
import { useUrlParams } from "../../../parts/url";
import { Choice } from "../common/Choice";
import css from "./audit.module.css";
import { type AuditFilter, NAMES } from "./useAudit";
import { ACTS, useActWord } from "./words";

export function Form({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation();
  const set = useUrlParams();
  const actWord = useActWord();
  const known = useKnownInstitutions();
  const institution = useInstitutions();
  const [asked, setAsked] = useState<AuditFilter>(filter);
  const change = (name: keyof AuditFilter) => (value: string | undefined) => setAsked((before) => ({ ...before, [name]: value || undefined }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    set(Object.fromEntries(NAMES.map((name) => [name, asked[name]?.trim() || undefined])));
  };
  const text = (name: "actor" | "patient" | "text") => (
    <Input
      allowClear
      size="small"
      className={css[name] ?? ""}
      aria-label={t(`operator.audit.by.${name}`)}
      placeholder={t(`operator.audit.by.${name}`)}
      value={asked[name] ?? ""}
      onChange={(event) => change(name)(event.target.value)}
    />
  );
  const day = (name: "from" | "to") => (
    <label className={css["day"]}>
      {t(`operator.audit.by.${name}`)}{" "}
      <Input size="small" placeholder="YYYY-MM-DD" maxLength={25} value={asked[name] ?? ""} onChange={(event) => change(name)(event.target.value)} />
    </label>
  );
  return (
    <form className={css["form"]} role="search" aria-label={t("operator.audit.title")} onSubmit={send}>
      {text("actor")}
      {text("patient")}
      <Choice
        label={t("operator.inbox.institution")}
        className={css["select"]}
        value={asked.institution}
        onChange={change("institution")}
        options={known.map((code) => ({ value: code, label: institution(code).name }))}
      />
      <Choice
        label={t("operator.audit.act")}
        className={css["select"]}
        value={asked.act}
        onChange={change("act")}
        options={ACTS.map((act) => ({ value: act, label: actWord(act) }))}
      />
      {day("from")}
      {day("to")}
      {text("text")}
      <Button size="small" type="primary" htmlType="submit" icon={<SearchOutlined />}>
        {t("operator.audit.search")}
      </Button>
      {Object.keys(filter).length > 0 && (
        <Button size="small" type="link" onClick={() => set(Object.fromEntries(NAMES.map((name) => [name, undefined])))}>
          {t("operator.clear")}
        </Button>
      )}
    </form>
  );
}
