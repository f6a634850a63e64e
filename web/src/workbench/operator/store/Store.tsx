//! The store: how large it is, what it holds, how fast it writes, who reads. Nothing here is estimated.

import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure, Skeleton } from "../../../parts/states";
import { when } from "../../../words/when";
import { Minutes } from "../common/Minutes";
import { bytes, perSecond } from "../common/numbers";
import { Page, Part } from "../common/Page";
import type { Happened } from "../common/stream";
import table from "../common/table.module.css";
import { useLive } from "../common/useLive";
import { useCount } from "../common/useWords";
import { numberOf, one, rowsNamed } from "../common/values";
import css from "./store.module.css";
import { STORE_KEY, useStore, useTables } from "./useStore";
import { RATES, type Vitals, vitalsIn } from "./vitals";

const KEYS = [STORE_KEY];
const touches = ({ what }: Happened) => what === "change";

export default function Store() {
  const { t } = useTranslation();
  const live = useLive(KEYS, touches);
  const { data, error, refetch } = useStore();
  const vitals = data && vitalsIn(data);
  return (
    <Page title={t("operator.store.title")} help={t("operator.store.help")} live={live}>
      {vitals ? (
        <div className={css["grid"]}>
          <Rates vitals={vitals} />
          <Types vitals={vitals} />
          <div className={css["column"]}>
            <Files vitals={vitals} />
            <Desks vitals={vitals} />
            <Chains vitals={vitals} />
          </div>
          <Tables />
        </div>
      ) : error ? (
        <Failure cause={error} retry={() => void refetch()} big />
      ) : (
        <Skeleton lines={10} />
      )}
    </Page>
  );
}

function Rates({ vitals }: { vitals: Vitals }) {
  const { t } = useTranslation();
  const count = useCount();
  return (
    <div className={css["rates"]}>
      {RATES.map((name) => {
        const pace = vitals.pace[name];
        const most = Math.max(0, ...pace.minutes);
        return (
          <Part key={name} title={t(`operator.store.rates.${name}`)} extra={t("operator.store.lastHour")}>
            <div className={css["rate"]}>
              <p className={css["figure"]} data-tip={t(`operator.store.rateHelp.${name}`)}>
                {perSecond(pace.last10s, 10)}
                <span>/s</span>
              </p>
              <p className="meta">{t("operator.store.minute", { n: count(pace.last60s) })}</p>
              <Minutes minutes={pace.minutes} width={360} height={56} label={t("operator.store.most", { n: count(most) })} />
              <p className="meta">{t("operator.store.most", { n: count(most) })}</p>
            </div>
          </Part>
        );
      })}
    </div>
  );
}

function Types({ vitals }: { vitals: Vitals }) {
  const { t } = useTranslation();
  const count = useCount();
  const most = Math.max(1, ...vitals.types.map((one) => one.count));
  const behind = vitals.writes - vitals.counted;
  return (
    <Part title={t("operator.store.types")} extra={t("operator.store.total", { n: count(vitals.resources) })}>
      {behind > 0 && <p className={css["note"]}>{t("operator.store.counting", { n: count(behind) })}</p>}
      <table className={css["plain"]}>
        <tbody>
          {vitals.types.map(({ type, count: n }) => (
            <tr key={type}>
              <th scope="row">{type === "Patient (golden)" ? t("operator.store.golden") : type}</th>
              <td className={css["barCell"]} aria-hidden="true">
                <span className={css["bar"]} style={{ width: `${(n / most) * 100}%` }} />
              </td>
              <td className="num">{count(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Files({ vitals }: { vitals: Vitals }) {
  const { t } = useTranslation();
  return (
    <Part title={t("operator.store.files")} extra={bytes(vitals.bytes)}>
      <table className={css["plain"]}>
        <tbody>
          {vitals.files.map(({ name, bytes: size }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code> <span className="meta">{t(`operator.store.file.${fileKind(name)}`)}</span>
              </th>
              <td className="num">{bytes(size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function fileKind(name: string): "wal" | "shm" | "audit" | "record" {
  if (name.endsWith("-wal")) return "wal";
  if (name.endsWith("-shm")) return "shm";
  return name.startsWith("audit") ? "audit" : "record";
}

function Desks({ vitals }: { vitals: Vitals }) {
  const { t } = useTranslation();
  const known = ["points", "searches", "ahead"] as const;
  return (
    <Part title={t("operator.store.desks")}>
      <table className={css["plain"]}>
        <tbody>
          {vitals.desks.map(({ name, size, busy }) => {
            const word = known.find((one) => one === name);
            return (
              <tr key={name}>
                <th scope="row">{word ? t(`operator.store.desk.${word}`) : name}</th>
                <td className="num">{t("operator.store.busy", { busy, size })}</td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">{t("operator.store.writer")}</th>
            <td className="num">{t("operator.store.lanes", { interactive: vitals.waiting.interactive, bulk: vitals.waiting.bulk })}</td>
          </tr>
        </tbody>
      </table>
    </Part>
  );
}

function Chains({ vitals }: { vitals: Vitals }) {
  const { t } = useTranslation();
  const count = useCount();
  return (
    <Part title={t("operator.store.chains")}>
      <table className={css["plain"]}>
        <tbody>
          <tr>
            <th scope="row">{t("operator.store.looks")}</th>
            <td className="num">{count(vitals.looks)}</td>
          </tr>
          <tr>
            <th scope="row">{t("operator.store.writes")}</th>
            <td className="num">{count(vitals.writes)}</td>
          </tr>
        </tbody>
      </table>
      <p className={css["note"]}>{t("operator.store.verify")}</p>
    </Part>
  );
}

function Tables() {
  const { t } = useTranslation();
  const count = useCount();
  const [wanted, setWanted] = useState(false);
  const { data, error, isFetching, refetch } = useTables(wanted);
  const rows = rowsNamed(data, "table");
  const again = () => {
    if (wanted) void refetch();
    else setWanted(true);
  };
  return (
    <Part
      title={t("operator.store.tables")}
      extra={
        <>
          {data && t("operator.store.countedAt", { at: when(one(data, "now")) })}
          <Button size="small" onClick={again} loading={isFetching}>
            {t(data ? "operator.store.countAgain" : "operator.store.count")}
          </Button>
        </>
      }
    >
      {error ? (
        <Failure cause={error} retry={again} />
      ) : rows.length === 0 ? (
        <p className={css["note"]}>{t("operator.store.tablesHelp")}</p>
      ) : (
        <ul className={css["tables"]}>
          {rows.map((row) => {
            const n = numberOf(row, "rows");
            return (
              <li key={row.get("name")}>
                <code>{row.get("name")}</code>
                {n === undefined ? <span className={table["alarm"]}>{t("operator.store.tooLong")}</span> : <b>{count(n)}</b>}
              </li>
            );
          })}
        </ul>
      )}
    </Part>
  );
}
