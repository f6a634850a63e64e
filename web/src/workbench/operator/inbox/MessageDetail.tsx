//! One message: as received on one side, what became of it on the other.

import { RedoOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { useUrlParam } from "../../../parts/url";
import { textOf } from "../../../fhir/parameters";
import { FhirError } from "../../../fhir/errors";
import css from "./inbox.module.css";
import type { Message } from "./messages";
import { Raw } from "./Raw";
import { useInboxMessage, useReplay } from "./useInbox";
import { StateWord, useReasonWord, useStateWord } from "./words";

export function MessageDetail({ id, message }: { id: string | undefined; message: Message | undefined }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useInboxMessage(id);
  const [, open] = useUrlParam("resource");
  const reasonWord = useReasonWord();
  const stateWord = useStateWord();
  const replay = useReplay();
  const { message: toast } = App.useApp();

  if (!id) {
    return (
      <section className={css["detail"]} data-empty="true" aria-label={t("operator.inbox.raw")}>
        <Empty big title={t("operator.inbox.choose")} />
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

  return (
    <section className={css["detail"]} aria-label={t("operator.inbox.detail", { id })}>
      <header className={css["detailHead"]}>
        <h2>{t("operator.inbox.detail", { id })}</h2>
        {message && <StateWord state={message.state} />}
        {message?.state !== "committed" && (
          <Button size="small" icon={<RedoOutlined />} loading={replay.isPending} onClick={again} className={css["replay"]}>
            {replay.isPending ? t("operator.inbox.replaying") : t("operator.inbox.replay")}
          </Button>
        )}
      </header>
      {message?.reason && (
        <p className={css["because"]}>
          <b>{t("operator.inbox.parkedBecause")}</b> {reasonWord(message.reason)}
          {message.detail && <span> · {message.detail}</span>}
        </p>
      )}
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={8} />
      ) : (
        <div className={css["beside"]}>
          <div>
            <h3>{t("operator.inbox.raw")}</h3>
            <Raw text={data.raw} />
          </div>
          <div>
            <h3>{t("operator.inbox.resources")}</h3>
            {data.result.length === 0 ? (
              <p className="meta">{t("operator.inbox.noResources")}</p>
            ) : (
              <ul className={css["written"]}>
                {data.result.map((key) => (
                  <li key={key}>
                    <button type="button" className={css["key"]} onClick={() => open(key.replace(/\/_history\/.*$/, ""))}>
                      {key}
                    </button>
                  </li>
                ))}
              </ul>
            )}
            {data.warnings.length > 0 && (
              <>
                <h3>{t("operator.inbox.warnings")}</h3>
                <ul className={css["warnings"]}>
                  {data.warnings.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </>
            )}
          </div>
        </div>
      )}
    </section>
  );
}
