//! The probes as a table: what was asked, what came back, how long it took, and whether the standard foretells it.

import { CheckOutlined, CloseOutlined, MinusOutlined } from "@ant-design/icons";
import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Part } from "../../workbench/operator/common/Page";
import { took } from "../../workbench/operator/common/numbers";
import table from "../../workbench/operator/common/table.module.css";
import { clock } from "../../words/when";
import type { Capability } from "./capability";
import css from "./conformance.module.css";
import { PROBES } from "./probes";
import type { State } from "./run";
import { useProbes } from "./useProbes";

const ICONS = { passed: CheckOutlined, failed: CloseOutlined, untried: MinusOutlined, undeclared: MinusOutlined } as const;

export function Probes({ capability }: { capability: Capability }) {
  const { t } = useTranslation();
  const { run, start, stop } = useProbes(capability);
  const count = (state: State) => run.results.filter((one) => one.state === state).length;
  const busy = run.state === "running";
  return (
    <Part
      title={t("standards.conformance.probes")}
      extra={
        <>
          {run.at && !busy && t("standards.conformance.ranAt", { at: clock(run.at) })}
          {busy && (
            <Button size="small" onClick={stop}>
              {t("operator.stop")}
            </Button>
          )}
          <Button size="small" type="primary" loading={busy} onClick={start}>
            {t(run.at ? "standards.conformance.again" : "standards.conformance.run")}
          </Button>
        </>
      }
    >
      <p className={css["note"]} role="status" aria-label={t("standards.conformance.probes")}>
        {run.state === "idle"
          ? t("standards.conformance.probesHelp", { n: PROBES.length })
          : t(run.state === "stopped" ? "standards.conformance.sumStopped" : "standards.conformance.sum", { passed: count("passed"), failed: count("failed"), untried: count("untried"), undeclared: count("undeclared"), left: PROBES.length - run.results.length })}
      </p>
      {busy && <Progress className={css["progress"] ?? ""} percent={Math.round((run.results.length / PROBES.length) * 100)} size="small" showInfo={false} aria-label={t("standards.conformance.probes")} />}
      {run.results.length > 0 && (
        <table className={table["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("standards.conformance.verdict")}</th>
              <th scope="col">{t("standards.conformance.probe")}</th>
              <th scope="col">{t("standards.conformance.asked")}</th>
              <th scope="col">{t("standards.conformance.answered")}</th>
              <th scope="col" className="num">
                {t("standards.conformance.time")}
              </th>
            </tr>
          </thead>
          <tbody>
            {run.results.map(({ id, state, facts, ms }) => {
              const Icon = ICONS[state];
              return (
                <tr key={id} data-probe={id} data-state={state}>
                  <td data-label={t("standards.conformance.verdict")} className={css["state"]} data-state={state}>
                    <span>
                      <Icon /> {t(`standards.conformance.states.${state}`)}
                    </span>
                  </td>
                  <th scope="row">{t(`standards.conformance.names.${id}`)}</th>
                  <td data-label={t("standards.conformance.asked")} className={css["asked"]}>
                    <code>{PROBES.find((one) => one.id === id)?.asks}</code>
                  </td>
                  <td data-label={t("standards.conformance.answered")} className={css["answered"]}>
                    {state === "undeclared" ? t("standards.conformance.notDeclared") : state === "untried" ? t("standards.conformance.nothing", { facts }) : facts}
                  </td>
                  <td data-label={t("standards.conformance.time")} className="num">
                    {state === "undeclared" ? "–" : took(ms)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Part>
  );
}
