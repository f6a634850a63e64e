//! The operator's inbox: what arrived, what is parked and why, and a way to try again.

import { Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { useUrlParam } from "../../../parts/url";
import { ResourceDrawer } from "../../../residents/resource/ResourceDrawer";
import css from "./inbox.module.css";
import { MessageDetail } from "./MessageDetail";
import { MessageTable } from "./MessageTable";
import { countOf, type InboxState, STATES } from "./messages";
import { useInbox, useInboxEvents } from "./useInbox";

export default function Inbox() {
  const { t } = useTranslation();
  const [given, setState] = useUrlParam("state");
  const [chosen, choose] = useUrlParam("message");
  const state: InboxState = STATES.find((one) => one === given) ?? "parked";
  const query = useInbox(state);
  const live = useInboxEvents();
  const messages = query.data?.pages.flatMap((page) => page.messages) ?? [];
  const counts = query.data?.pages[0]?.counts ?? new Map<string, number>();

  return (
    <div className={css["page"]}>
      <header className={css["head"]}>
        <h1 className={css["title"]}>{t("operator.inbox.title")}</h1>
        <Segmented
          value={state}
          aria-label={t("operator.inbox.state")}
          onChange={(value) => {
            setState(value === "parked" ? undefined : value);
          }}
          options={STATES.map((one) => ({
            value: one,
            label: `${t(`operator.inbox.states.${one}`)} ${countOf(counts, one) ?? ""}`,
          }))}
        />
        <span className={css["help"]}>{t("operator.inbox.stateHelp")}</span>
        <span className={css["live"]} data-state={live.state} role="status">
          {t(live.state === "broken" ? "record.live.brokenShort" : `record.live.${live.state}`)}
        </span>
      </header>
      {live.pending > 0 && (
        <Button size="small" onClick={live.refresh}>
          {t("operator.inbox.pending", { n: live.pending })}
        </Button>
      )}
      <div className={css["split"]}>
        <div className={css["list"]} onPointerEnter={() => live.hold(true)} onPointerLeave={() => live.hold(false)}>
          {query.error && !query.data ? (
            <Failure cause={query.error} retry={() => void query.refetch()} big />
          ) : query.isPending ? (
            <Skeleton lines={10} />
          ) : messages.length === 0 ? (
            <Empty
              big
              title={t(state === "parked" ? "operator.inbox.noneParked" : "operator.inbox.none")}
              help={t(state === "parked" ? "operator.inbox.noneParkedHelp" : "operator.inbox.noneHelp")}
            />
          ) : (
            <MessageTable messages={messages} chosen={chosen} onChoose={choose} />
          )}
          {query.hasNextPage && (
            <Button type="link" onClick={() => void query.fetchNextPage()}>
              {t("operator.inbox.more")}
            </Button>
          )}
        </div>
        <MessageDetail id={chosen} message={messages.find(({ id }) => id === chosen)} />
      </div>
      <ResourceDrawer />
    </div>
  );
}
