//! Messages that go out: what waits, what was set aside, what was acknowledged; any can be read, parked ones tried again.

import { App, Button, Drawer, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { FhirError } from "../../../fhir/errors";
import { Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { useUrlParam } from "../../../parts/url";
import { when } from "../../../words/when";
import { Part } from "../common/Page";
import table from "../common/table.module.css";
import { useRowKeys } from "../common/useRowKeys";
import { Raw } from "../inbox/Raw";
import { StateWord } from "../inbox/words";
import css from "./jobs.module.css";
import type { Outgoing } from "./queues";
import { useOutbox, useOutgoing, useRetry } from "./useJobs";

const STATES = ["parked", "waiting", "done", "all"] as const;

export function OutboxMessages({ hold }: { hold: (on: boolean) => void }) {
  const { t } = useTranslation();
  const [given, setState] = useUrlParam("outbox");
  const [shown, show] = useUrlParam("out");
  const state = STATES.find((one) => one === given) ?? "parked";
  const { data, error, refetch } = useOutbox(undefined, state);
  const messages = data?.messages ?? [];
  const { here, body } = useRowKeys(messages.length, (at) => show(messages[at]?.id));
  return (
    <Part
      title={t("operator.jobs.outgoing")}
      extra={
        <Segmented
          size="small"
          value={state}
          aria-label={t("operator.inbox.state")}
          onChange={(value) => setState(value === "parked" ? undefined : value)}
          options={STATES.map((one) => ({ value: one, label: t(`operator.jobs.states.${one}`) }))}
        />
      }
    >
      {error && !data ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={4} />
      ) : messages.length === 0 ? (
        <p className={css["note"]}>{t(state === "parked" ? "operator.jobs.noneParked" : "operator.jobs.noneOut")}</p>
      ) : (
        <div onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
          <table className={table["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("operator.jobs.queuedAt")}</th>
                <th scope="col">{t("operator.jobs.receiver")}</th>
                <th scope="col">{t("operator.inbox.kind")}</th>
                <th scope="col">{t("operator.inbox.state")}</th>
                <th scope="col">{t("operator.inbox.reason")}</th>
                <th scope="col">{t("operator.jobs.act")}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {messages.map((one, at) => (
                <OutgoingRow key={one.id} one={one} here={at === here} onOpen={() => show(one.id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <SentDrawer id={shown} onClose={() => show(undefined)} />
    </Part>
  );
}

function OutgoingRow({ one, here, onOpen }: { one: Outgoing; here: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  const retry = useRetry();
  const { message } = App.useApp();
  const again = () =>
    retry.mutate(
      { id: one.id },
      {
        onSuccess: (n) => void message.info(t("operator.jobs.retried", { n })),
        onError: (cause) => void message.error(cause instanceof FhirError ? cause.message : t("common.trouble.server")),
      },
    );
  return (
    <tr data-here={here} data-opens="true" onClick={onOpen}>
      <td data-label={t("operator.jobs.queuedAt")} className={table["still"]}>
        <button type="button" className="plain">
          {when(one.received)}
        </button>
      </td>
      <td data-label={t("operator.jobs.receiver")}>
        <InstitutionName code={one.institution} />
      </td>
      <td data-label={t("operator.inbox.kind")}>
        {one.kind} <span className="meta">{one.resource}</span>
      </td>
      <td data-label={t("operator.inbox.state")}>
        <StateWord state={one.state} />
      </td>
      <td data-label={t("operator.inbox.reason")}>
        {[one.reason, one.detail].filter(Boolean).join(" · ")}
        {one.attempts > 0 && <span className="meta"> {t("operator.inbox.attempts", { n: one.attempts })}</span>}
      </td>
      <td data-label={t("operator.jobs.act")}>
        {one.state === "done" ? (
          <span className="meta">–</span>
        ) : (
          <Button
            size="small"
            loading={retry.isPending}
            onClick={(event) => {
              event.stopPropagation();
              again();
            }}
          >
            {t("operator.jobs.retry")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function SentDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useOutgoing(id);
  return (
    <Drawer open={id !== undefined} onClose={onClose} size={640} title={t("operator.jobs.message", { id: id ?? "" })} destroyOnHidden>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : data ? (
        <>
          <h3 className={css["sub"]}>{t("operator.jobs.asSent")}</h3>
          <Raw text={data.raw} />
          <h3 className={css["sub"]}>{t("operator.jobs.answer")}</h3>
          {data.answer ? <Raw text={data.answer} /> : <p className="meta">{t("operator.jobs.noAnswer")}</p>}
        </>
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  );
}
