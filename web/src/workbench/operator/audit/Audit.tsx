//! Audit search: who looked at or wrote what, when, at whom. The search is itself a look that is recorded.

import { ReloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { useUrlParam } from "../../../parts/url";
import { ResourceDrawer } from "../../../residents/resource/ResourceDrawer";
import { clock, when } from "../../../words/when";
import { Page } from "../common/Page";
import table from "../common/table.module.css";
import { useRowKeys } from "../common/useRowKeys";
import css from "./audit.module.css";
import { type Entry, tally } from "./entries";
import { Form } from "./Form";
import { useAudit, useAuditFilter } from "./useAudit";
import { useActWord, useRoleWord } from "./words";

export default function Audit() {
  const { t } = useTranslation();
  const filter = useAuditFilter();
  const query = useAudit(filter);
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  const { here, body } = useRowKeys(entries.length, (at) => {
    const id = entries[at]?.id;
    if (id) toggle(id);
  });
  return (
    <Page
      title={t("operator.audit.title")}
      help={t("operator.audit.help")}
      extra={
        <Button size="small" icon={<ReloadOutlined />} loading={query.isFetching && !query.isFetchingNextPage} onClick={() => void query.refetch()}>
          {t("operator.audit.again")}
        </Button>
      }
    >
      <Form key={JSON.stringify(filter)} filter={filter} />
      {query.error && !query.data ? (
        <Failure cause={query.error} retry={() => void query.refetch()} big />
      ) : query.isPending ? (
        <Skeleton lines={12} />
      ) : entries.length === 0 ? (
        <Empty big title={t("operator.audit.none")} help={t("operator.audit.noneHelp")} />
      ) : (
        <div className={table["frame"]}>
          <table className={table["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("common.time")}</th>
                <th scope="col">{t("operator.audit.who")}</th>
                <th scope="col">{t("operator.audit.act")}</th>
                <th scope="col">{t("operator.audit.whom")}</th>
                <th scope="col">{t("operator.audit.what")}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {entries.map((entry, at) => (
                <AuditRow key={entry.id} entry={entry} here={at === here} open={opened.has(entry.id)} onToggle={() => toggle(entry.id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} className={css["more"] ?? ""}>
          {t("operator.audit.older")}
        </Button>
      )}
      <ResourceDrawer />
    </Page>
  );
}

interface AuditRowProps {
  entry: Entry;
  here: boolean;
  open: boolean;
  onToggle: () => void;
}

function AuditRow({ entry, here, open, onToggle }: AuditRowProps) {
  const { t } = useTranslation();
  const actWord = useActWord();
  const roleWord = useRoleWord();
  return (
    <tr data-here={here} data-opens="true" data-write={entry.write} onClick={onToggle}>
      <td data-label={t("common.time")} className={table["still"]}>
        <button type="button" className="plain" aria-expanded={open}>
          {when(entry.at).slice(0, 10)} {clock(new Date(entry.at))}
        </button>
      </td>
      <td data-label={t("operator.audit.who")} className={css["who"]}>
        <span>
          {entry.display} <span className="meta">{roleWord(entry.role)}</span>
          {entry.institution && (
            <p className={css["where"]}>
              <InstitutionName code={entry.institution} />
            </p>
          )}
        </span>
      </td>
      <td data-label={t("operator.audit.act")}>
        <span className={css["acts"]}>
          {entry.acts.map((act) => (
            <span key={act} className={css["act"]} data-write={entry.write}>
              {actWord(act)}
            </span>
          ))}
        </span>
      </td>
      <td data-label={t("operator.audit.whom")} className={css["whom"]}>
        <Persons entry={entry} />
      </td>
      <td data-label={t("operator.audit.what")} className={css["what"]}>
        {open ? <Whole entry={entry} /> : <Brief entry={entry} />}
      </td>
    </tr>
  );
}

/** No names: the list tells who acted, and leads to the record of whom it was about. */
function Persons({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  if (entry.patients.length === 0) return <span className="meta">–</span>;
  return (
    <span className={css["persons"]}>
      {entry.patients.map((id) => (
        <Link key={id} to={`/residents/${id}`} data-tip={`Patient/${id}`} onClick={(event) => event.stopPropagation()}>
          …{id.slice(-6)}
        </Link>
      ))}
      {entry.morePatients > 0 && <span className="meta">{t("operator.audit.morePersons", { n: entry.morePatients })}</span>}
    </span>
  );
}

function Brief({ entry }: { entry: Entry }) {
  const actWord = useActWord();
  if (!entry.write) return <span className={css["brief"]}>{readable(entry.seen.join("  "))}</span>;
  const types = [...new Set(entry.changes.map(({ what }) => what.split("/")[0]))].join(" ");
  const counts = tally(entry.changes).map(([how, n]) => `${actWord(how)} ${n}`);
  return (
    <span className={css["brief"]}>
      {counts.join(" · ")}
      {entry.moreChanges > 0 && ` +${entry.moreChanges}`} <span className="meta">{types}</span>
    </span>
  );
}

function Whole({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const actWord = useActWord();
  const [, open] = useUrlParam("resource");
  return (
    <ul className={css["whole"]}>
      {entry.seen.map((one) => (
        <li key={one}>{readable(one)}</li>
      ))}
      {entry.changes.map(({ how, what, why }, at) => (
        <li key={at}>
          {actWord(how)}{" "}
          <button
            type="button"
            className={css["key"]}
            onClick={(event) => {
              event.stopPropagation();
              open(what);
            }}
          >
            {what}
          </button>
          {why && <span className="meta"> {why}</span>}
        </li>
      ))}
      {entry.moreChanges > 0 && <li className="meta">{t("operator.audit.moreChanges", { n: entry.moreChanges })}</li>}
      <li className="meta">
        {entry.id} · {entry.actor}
      </li>
    </ul>
  );
}

/** A query with its escapes undone, for reading. */
function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
