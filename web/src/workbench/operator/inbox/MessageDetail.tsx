//! One message: as received on one side, what became of it on the other.

import { CloseOutlined, RedoOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { FhirError } from "../../../fhir/errors";
import { textOf } from "../../../fhir/parameters";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { when } from "../../../words/when";
import css from "./inbox.module.css";
import type { Detail } from "./messages";
import { Raw } from "./Raw";
import { Result } from "./Result";
import { useInboxMessage, useReplay } from "./useInbox";
import { StateWord, useReasonHelp, useReasonWord, useStateWord } from "./words";

export function MessageDetail({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useInboxMessage(id);
  const stateWord = useStateWord();
  const replay = useReplay();
  const { message: toast } = App.useApp();

  if (!id) {
    return (
      <section className={css["detail"]} data-empty="true" aria-label={t("operator.inbox.raw")}>
        <Empty big title={t("operator.inbox.choose")} help={t("operator.inbox.keys")} />
      </section>
    );
  }
  const again = () =>
    replay.mutate(id, {
      onSuccess: (answer) => {
        const state = textOf(answer.parameter?.find(({ name }) => name === "state")) ?? "";
        void toast.info(t("operator.inbox.replayed", { state: stateWord(state) }));
      },
      onError: (cause) => void toast.error(cause instanceof FhirError ? cause.message : t("common.trouble.server")),
    });
  const message = data?.message;

  return (
    <section className={css["detail"]} aria-label={t("operator.inbox.detail", { id })}>
      <header className={css["detailHead"]}>
        <h2>{t("operator.inbox.detail", { id })}</h2>
        {message && (
          <>
            <StateWord state={message.state} />
            <span className={css["facts"]}>
              {message.kind} · {message.institution ? <InstitutionName code={message.institution} /> : t("operator.feeds.unknown")} ·{" "}
              {when(message.received)} · {t("operator.inbox.attempts", { n: message.attempts })}
            </span>
          </>
        )}
        <span className={css["acts"]}>
          {message && message.state !== "committed" && (
            <Button size="small" icon={<RedoOutlined />} loading={replay.isPending} onClick={again}>
              {replay.isPending ? t("operator.inbox.replaying") : t("operator.inbox.replay")}
            </Button>
          )}
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("common.close")} onClick={onClose} />
        </span>
      </header>
      {error && !data ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={8} />
      ) : (
        <>
          <Because detail={data} />
          <div className={css["beside"]}>
            <div className={css["side"]}>
              <h3>{t("operator.inbox.raw")}</h3>
              <Raw text={data.raw} at={data.message.detail} />
            </div>
            <div className={css["side"]}>
              <h3>{t("operator.inbox.resources")}</h3>
              <Result detail={data} />
            </div>
          </div>
        </>
      )}
    </section>
  );
}

/** Why it is parked, in plain words, and what to do about it. */
function Because({ detail: { message } }: { detail: Detail }) {
  const { t } = useTranslation();
  const reasonWord = useReasonWord();
  const reasonHelp = useReasonHelp();
  if (!message.reason) return null;
  const help = reasonHelp(message.reason);
  return (
    <div className={css["because"]}>
      <p>
        <b>{t("operator.inbox.parkedBecause")}</b> {reasonWord(message.reason)}
        {message.detail && <span> · {message.detail}</span>}
      </p>
      {help && (
        <p className={css["todo"]}>
          <b>{t("operator.inbox.whatToDo")}</b> {help}
        </p>
      )}
    </div>
  );
}
