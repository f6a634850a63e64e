//! 谁看过: the residents' right to know who looked, shown to those who look.

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pageOf } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import type { AuditEvent, Bundle } from "../../fhir/types";
import { Card } from "../../parts/Card";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useResidentId } from "../record/useSection";
import { LookRow } from "./LookRow";
import { looksIn } from "./looks";
import css from "./looks.module.css";

/** `ready` once the record itself was read, so that this very look is in the answer. */
export function Looks({ ready }: { ready: boolean }) {
  const { t } = useTranslation();
  const id = useResidentId();
  const query = useInfiniteQuery({
    queryKey: ["record", id, "looks"],
    enabled: ready,
    initialPageParam: "",
    queryFn: async ({ pageParam }) =>
      pageOf<AuditEvent>(await read<Bundle>(pageParam || `Patient/${id}/$who-looked?_count=200`), "AuditEvent"),
    getNextPageParam: (page) => page.next,
    staleTime: 60_000,
  });
  const looks = looksIn(query.data?.pages.flatMap(({ items }) => items) ?? []);
  return (
    <Card id="looks" title={t("record.sections.looks")}>
      {query.error && !query.data ? (
        <Failure cause={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton lines={3} />
      ) : looks.length === 0 ? (
        <Empty title={t("record.looks.none")} />
      ) : (
        <ul className={css["looks"]}>
          {looks.map((look) => (
            <LookRow key={look.key} look={look} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <button type="button" className={rows["fold"]} onClick={() => void query.fetchNextPage()}>
          {t("record.looks.more")}
        </button>
      )}
      <p className={css["help"]}>{t("record.looks.help")}</p>
    </Card>
  );
}
