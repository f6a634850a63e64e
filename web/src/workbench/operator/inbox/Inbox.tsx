//! The operator's inbox: what arrived, what is parked and why, and a way to try again.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { useUrlParam } from "../../../parts/url";
import { ResourceDrawer } from "../../../residents/resource/ResourceDrawer";
import { Page } from "../common/Page";
import type { Happened } from "../common/stream";
import { useLive } from "../common/useLive";
import { Filters } from "./Filters";
import css from "./inbox.module.css";
import { MessageDetail } from "./MessageDetail";
import { MessageTable } from "./MessageTable";
import { isNarrow } from "./messages";
import { useReplayPanel } from "./ReplayAll";
import { INBOX_KEY, useInbox, useInboxFilter } from "./useInbox";

const KEYS = [INBOX_KEY];
const NONE: ReadonlyMap<string, number> = new Map();
const touches = ({ what }: Happened) => what === "inbox";

export default function Inbox() {
  const { t } = useTranslation();
  const filter = useInboxFilter();
  const [chosen, choose] = useUrlParam("message");
  const query = useInbox(filter);
  const live = useLive(KEYS, touches);
  const replay = useReplayPanel(filter);
  const first = query.data?.pages[0];
  const messages = query.data?.pages.flatMap((page) => page.messages) ?? [];
  const calm = filter.state === "parked" && !isNarrow(filter);
  const again = filter.state === "parked" || filter.state === "waiting";

  return (
    <Page title={t("operator.inbox.title")} live={live} whole>
      <Filters
        filter={filter}
        counts={first?.counts ?? NONE}
        kinds={first?.kinds ?? []}
        extra={again && messages.length > 0 && replay.button}
      />
      {replay.panel}
      <div className={css["split"]} data-open={chosen !== undefined}>
        <div className={css["list"]} onPointerEnter={() => live.hold(true)} onPointerLeave={() => live.hold(false)}>
          {query.error && !query.data ? (
            <Failure cause={query.error} retry={() => void query.refetch()} big />
          ) : query.isPending ? (
            <Skeleton lines={10} />
          ) : messages.length === 0 ? (
            <Empty
              big
              title={t(calm ? "operator.inbox.noneParked" : "operator.inbox.none")}
              help={t(calm ? "operator.inbox.noneParkedHelp" : isNarrow(filter) ? "operator.inbox.noneFits" : "operator.inbox.noneHelp")}
            />
          ) : (
            <MessageTable messages={messages} chosen={chosen} onChoose={choose} />
          )}
          {query.hasNextPage && (
            <Button type="link" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("operator.inbox.more")}
            </Button>
          )}
        </div>
        <MessageDetail id={chosen} onClose={() => choose(undefined)} />
      </div>
      <ResourceDrawer />
    </Page>
  );
}
