//! Queues of durable work: what waits, since when, and what goes out to whom.

import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { FhirError } from "../../../fhir/errors";
import { Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { when } from "../../../words/when";
import { Page, Part } from "../common/Page";
import type { Happened } from "../common/stream";
import table from "../common/table.module.css";
import { useLive } from "../common/useLive";
import { useCount, useSpan } from "../common/useWords";
import css from "./jobs.module.css";
import { OutboxMessages } from "./OutboxMessages";
import type { Destination } from "./queues";
import { JOBS_KEY, useOutbox, useQueues, useRetry } from "./useJobs";

const KEYS = [JOBS_KEY];
const touches = ({ what }: Happened) => what === "inbox" || what === "outbox";

export default function Jobs() {
  const { t } = useTranslation();
  const live = useLive(KEYS, touches);
  return (
    <Page title={t("operator.jobs.title")} help={t("operator.jobs.help")} live={live}>
      <Queues />
      <Destinations />
      <OutboxMessages hold={live.hold} />
    </Page>
  );
}

function Queues() {
  const { t } = useTranslation();
  const count = useCount();
  const word = useSpan();
  const { data, error, refetch } = useQueues();
  return (
    <Part title={t("operator.jobs.queues")}>
      {error && !data ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={3} />
      ) : data.length === 0 ? (
        <p className={css["note"]}>{t("operator.jobs.none")}</p>
      ) : (
        <table className={table["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("operator.jobs.queue")}</th>
              {(["waiting", "done", "parked", "oldest"] as const).map((name) => (
                <th key={name} scope="col" className="num">
                  {t(`operator.jobs.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.map((queue) => (
              <tr key={queue.name}>
                <th scope="row">
                  <QueueName name={queue.name} />
                </th>
                <td className="num" data-label={t("operator.jobs.waiting")}>
                  {count(queue.waiting)}
                </td>
                <td className="num" data-label={t("operator.jobs.done")}>
                  {count(queue.done)}
                </td>
                <td className="num" data-label={t("operator.jobs.parked")}>
                  <span className={queue.parked > 0 ? table["alarm"] : undefined}>{count(queue.parked)}</span>
                </td>
                <td className="num" data-label={t("operator.jobs.oldest")}>
                  {queue.oldest === undefined ? "–" : word(queue.oldest)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

function QueueName({ name }: { name: string }) {
  const { t } = useTranslation();
  if (name === "inbox") return <Link to="/inbox?state=all">{t("operator.jobs.inbox")}</Link>;
  const [first, institution] = name.split("/");
  if (first !== "outbox" || !institution) return <code>{name}</code>;
  return (
    <>
      {t("operator.jobs.outboxTo")} <InstitutionName code={institution} />
    </>
  );
}

function Destinations() {
  const { t } = useTranslation();
  const { data, error, refetch } = useOutbox(undefined, "parked");
  return (
    <Part title={t("operator.jobs.destinations")}>
      {error && !data ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={3} />
      ) : data.destinations.length === 0 ? (
        <p className={css["note"]}>{t("operator.jobs.noDestinations")}</p>
      ) : (
        <table className={table["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("operator.jobs.receiver")}</th>
              <th scope="col">{t("operator.jobs.line")}</th>
              <th scope="col" className="num">
                {t("operator.jobs.waiting")}
              </th>
              <th scope="col" className="num">
                {t("operator.jobs.done")}
              </th>
              <th scope="col" className="num">
                {t("operator.jobs.parked")}
              </th>
              <th scope="col">{t("operator.jobs.lastAcknowledged")}</th>
              <th scope="col">{t("operator.jobs.act")}</th>
            </tr>
          </thead>
          <tbody>
            {data.destinations.map((one) => (
              <DestinationRow key={one.institution} one={one} />
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

const LINES = ["idle", "sending", "failing", "unconfigured"] as const;
const TROUBLED = ["failing", "unconfigured"];

function DestinationRow({ one }: { one: Destination }) {
  const { t } = useTranslation();
  const count = useCount();
  const retry = useRetry();
  const { message } = App.useApp();
  const line = LINES.find((state) => state === one.state);
  const again = () =>
    retry.mutate(
      { institution: one.institution },
      {
        onSuccess: (n) => void message.info(t("operator.jobs.retried", { n })),
        onError: (cause) => void message.error(cause instanceof FhirError ? cause.message : t("common.trouble.server")),
      },
    );
  return (
    <tr>
      <th scope="row">
        <InstitutionName code={one.institution} display={one.name} />
        <p className="meta">{[one.address, one.about].filter(Boolean).join(" · ")}</p>
      </th>
      <td data-label={t("operator.jobs.line")}>
        <span className={TROUBLED.includes(one.state) ? table["alarm"] : table["good"]}>{line ? t(`operator.jobs.lines.${line}`) : one.state}</span>
        {one.state === "failing" && (
          <p className="meta">
            {[one.reason, one.detail, one.attempts !== undefined && t("operator.inbox.attempts", { n: one.attempts }), one.due && t("operator.jobs.due", { at: when(one.due) })]
              .filter(Boolean)
              .join(" · ")}
          </p>
        )}
      </td>
      <td className="num" data-label={t("operator.jobs.waiting")}>
        {count(one.waiting)}
      </td>
      <td className="num" data-label={t("operator.jobs.done")}>
        {count(one.done)}
      </td>
      <td className="num" data-label={t("operator.jobs.parked")}>
        <span className={one.parked > 0 ? table["alarm"] : undefined}>{count(one.parked)}</span>
      </td>
      <td data-label={t("operator.jobs.lastAcknowledged")}>{one.last ? when(one.last) : "–"}</td>
      <td data-label={t("operator.jobs.act")}>
        <Button size="small" disabled={one.parked === 0} loading={retry.isPending} onClick={again}>
          {t("operator.jobs.retryAll")}
        </Button>
      </td>
    </tr>
  );
}
