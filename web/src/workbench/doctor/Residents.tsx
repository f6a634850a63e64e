//! The search page. The URL carries what was asked.

import { Button, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { FoundTable } from "../../residents/search/FoundTable";
import { SearchBox } from "../../residents/search/SearchBox";
import css from "../../residents/search/search.module.css";
import { useListKeys } from "../../residents/search/useListKeys";
import { useResidents } from "../../residents/search/useResidents";

/** The search follows the typing after this pause. */
const PAUSE_MS = 250;

export default function Residents() {
  const { t } = useTranslation();
  const go = useNavigate();
  const box = useRef<InputRef>(null);
  const [q = "", setQ] = useUrlParam("q");
  const [typed, setTyped] = useState(q);
  const { query, found, question } = useResidents(q);
  const open = (id: string) => void go(`/residents/${id}`);
  const [here, setHere] = useListKeys({
    size: question ? found.length : 0,
    open: (at) => open(found[at]?.patient.id ?? ""),
    focusBox: () => box.current?.focus(),
  });

  useEffect(() => setTyped((before) => (before.trim() === q ? before : q)), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => {
      setHere(-1);
      setQ(typed.trim() || undefined);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, q, setQ, setHere]);

  const submit = () => {
    if (typed.trim() !== q) setQ(typed.trim() || undefined);
    else if (found.length > 0) open(found[Math.max(0, here)]?.patient.id ?? "");
  };

  return (
    <div className={css["page"]}>
      <h1 className="offscreen">{t("search.title")}</h1>
      <SearchBox ref={box} value={typed} onChange={setTyped} onSubmit={submit} />
      {!question ? (
        <Empty big title={t("search.begin")} help={t("search.beginHelp")} />
      ) : query.error ? (
        <Failure cause={query.error} retry={() => void query.refetch()} big />
      ) : query.isPending ? (
        <Skeleton lines={8} />
      ) : found.length === 0 ? (
        <Empty big title={t("search.none")} help={t("search.noneHelp")} />
      ) : (
        <>
          <FoundTable found={found} here={here} onOpen={open} />
          <p className={`${css["foot"] ?? ""} meta`} role="status">
            <span>{query.hasNextPage ? t("search.shown", { n: found.length }) : t("search.found", { n: found.length })}</span>
            <span className={css["keys"]}>{t("search.keys")}</span>
          </p>
          {query.hasNextPage && <Button onClick={() => void query.fetchNextPage()}>{t("search.loadMore")}</Button>}
        </>
      )}
    </div>
  );
}
