//! A row for each feed: what came, what stands, how fast, how late, and whether it has gone silent.

import { BellOutlined, CheckOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { when } from "../../../words/when";
import { Minutes } from "../common/Minutes";
import { took } from "../common/numbers";
import { Page } from "../common/Page";
import table from "../common/table.module.css";
import { useRowKeys } from "../common/useRowKeys";
import type { Happened } from "../common/stream";
import { useLive } from "../common/useLive";
import { useCount, useSpan } from "../common/useWords";
import { STORE_KEY } from "../store/useStore";
import { drill, type Feed } from "./feeds";
import css from "./feeds.module.css";
import { FEEDS_KEY, useFeeds } from "./useFeeds";

const KEYS = [FEEDS_KEY, STORE_KEY];
const touches = ({ what }: Happened) => what === "inbox" || what === "change";

export default function Feeds() {
  const { t } = useTranslation();
  const go = useNavigate();
  const live = useLive(KEYS, touches);
  const { rows, ready, error, retry } = useFeeds();
  const { here, body } = useRowKeys(rows.length, (at) => {
    const feed = rows[at];
    if (feed) void go(drill(feed));
  });
  return (
    <Page title={t("operator.feeds.title")} help={t("operator.feeds.help")} live={live}>
      {!ready && error ? (
        <Failure cause={error} retry={retry} big />
      ) : !ready ? (
        <Skeleton lines={8} />
      ) : rows.length === 0 ? (
        <Empty big title={t("operator.feeds.none")} help={t("operator.feeds.noneHelp")} />
      ) : (
        <div className={table["frame"]}>
          <table className={`${table["table"] ?? ""} ${css["feeds"] ?? ""}`}>
            <thead>
              <tr>
                <th scope="col">{t("operator.inbox.institution")}</th>
                <th scope="col">{t("operator.feeds.silence")}</th>
                <th scope="col">{t("operator.feeds.lastHour")}</th>
                {(["perMinute", "received", "committed", "parked", "waiting"] as const).map((name) => (
                  <th key={name} scope="col" className="num">
                    {t(`operator.feeds.${name}`)}
                  </th>
                ))}
                <th scope="col" className="num">
                  {t("operator.feeds.lag")}
                </th>
                <th scope="col">{t("operator.feeds.last")}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {rows.map((feed, at) => (
                <FeedRow key={feed.key} feed={feed} here={at === here} onOpen={() => void go(drill(feed))} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

function FeedRow({ feed, here, onOpen }: { feed: Feed; here: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  const count = useCount();
  const label = (name: "silence" | "lastHour" | "perMinute" | "received" | "committed" | "parked" | "waiting" | "lag" | "last") =>
    t(`operator.feeds.${name}`);
  const parked = feed.parked ?? 0;
  return (
    <tr data-here={here} data-opens="true" data-feed={feed.institution} onClick={onOpen}>
      <th scope="row">
        <Link to={drill(feed)} className={css["name"]} onClick={(event) => event.stopPropagation()}>
          {feed.institution ? <InstitutionName code={feed.institution} display={feed.name} /> : t("operator.feeds.unknown")}
        </Link>
        <p className="meta">
          {feed.institution} · {t(`operator.feeds.${feed.protocol}`)}
          {feed.about && ` · ${feed.about}`}
        </p>
      </th>
      <td data-label={label("silence")} className={table["still"]}>
        <Silence feed={feed} />
      </td>
      <td data-label={label("lastHour")}>
        <Minutes minutes={feed.minutes} />
      </td>
      <td className="num" data-label={label("perMinute")}>
        {count(feed.perMinute)}
      </td>
      <td className="num" data-label={label("received")}>
        {count(feed.received)}
      </td>
      <td className="num" data-label={label("committed")}>
        {count(feed.committed)}
      </td>
      <td className="num" data-label={label("parked")}>
        {parked > 0 ? (
          <Link to={drill(feed, "parked")} className={table["alarm"]} onClick={(event) => event.stopPropagation()}>
            {count(parked)}
          </Link>
        ) : (
          count(feed.parked)
        )}
      </td>
      <td className="num" data-label={label("waiting")}>
        {count(feed.waiting)}
      </td>
      <td className="num" data-label={label("lag")}>
        {feed.lagP50 === undefined || feed.lagP95 === undefined ? "–" : `${took(feed.lagP50)} / ${took(feed.lagP95)}`}
      </td>
      <td data-label={label("last")} className={table["still"]}>
        {feed.last ? (
          <span>
            {when(feed.last)} <span className="meta">{feed.lastKind}</span>
          </span>
        ) : (
          <span className="meta">{t("operator.feeds.never")}</span>
        )}
      </td>
    </tr>
  );
}

/** Whether the feed speaks. Without a setting nobody knows how long is too long, and the page does not guess. */
export function Silence({ feed }: { feed: Feed }) {
  const { t } = useTranslation();
  const word = useSpan();
  if (feed.silence === undefined) return <span className={table["faint"]}>{t("operator.feeds.noSetting")}</span>;
  const limit = word(feed.silence);
  if (!feed.alarm) {
    return (
      <span className={table["good"]} data-tip={t("operator.feeds.limit", { limit })}>
        <CheckOutlined /> {t("operator.feeds.speaks")}
      </span>
    );
  }
  return (
    <span className={table["alarm"]} data-tip={t("operator.feeds.limit", { limit })}>
      <BellOutlined /> {t("operator.feeds.silent", { limit })}
    </span>
  );
}
