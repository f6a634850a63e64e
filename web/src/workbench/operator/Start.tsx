//! An operator's start: is all well? Each tile says what is so, and leads to where it is.

import { CheckCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure, Skeleton } from "../../parts/states";
import { InstitutionName } from "../../parts/Tick";
import { when } from "../../words/when";
import { Minutes } from "./common/Minutes";
import { bytes, perSecond, secondsSince } from "./common/numbers";
import { Page } from "./common/Page";
import type { Happened } from "./common/stream";
import { useAttention } from "./common/useAttention";
import { useLive } from "./common/useLive";
import { useCount, useSpan } from "./common/useWords";
import { drill } from "./feeds/feeds";
import { FEEDS_KEY } from "./feeds/useFeeds";
import { INBOX_KEY, useInboxCounts } from "./inbox/useInbox";
import { JOBS_KEY } from "./jobs/useJobs";
import { REVIEWS_KEY, useReviewCounts } from "./reviews/useReviews";
import css from "./start.module.css";
import { STORE_KEY, useStore } from "./store/useStore";
import { vitalsIn } from "./store/vitals";

const KEYS = [FEEDS_KEY, [...INBOX_KEY, "counts"], JOBS_KEY, STORE_KEY];
const REVIEWS = [[...REVIEWS_KEY, "counts"]];
const anything = () => true;
const aTask = (happened: Happened) => happened.what === "change" && happened.type === "Task";

export default function Start() {
  const { t } = useTranslation();
  const live = useLive(KEYS, anything);
  useLive(REVIEWS, aTask);
  const now = { ...useAttention(), counts: useInboxCounts(), reviews: useReviewCounts() };
  const parked = now.counts.data?.get("parked");
  const open = now.reviews.data?.open;
  const todo = [now.silent.length, now.failing.length, now.stuck.length, Number((parked ?? 0) > 0), Number((open ?? 0) > 0)];
  const sum = todo.reduce((all, n) => all + n, 0);
  const known = now.feeds.ready && now.counts.data !== undefined && now.queues.data !== undefined && now.outbox.data !== undefined && now.reviews.data !== undefined;
  return (
    <Page
      title={t("operator.start.title")}
      live={live}
      extra={
        known && (
          <span className={css["verdict"]} data-well={sum === 0}>
            {sum === 0 ? <CheckCircleOutlined /> : <ExclamationCircleOutlined />} {sum === 0 ? t("operator.start.well") : t("operator.start.todo", { n: sum })}
          </span>
        )
      }
    >
      <div className={css["tiles"]}>
        <FeedsTile now={now} />
        <InboxTile now={now} />
        <ReviewsTile now={now} />
        <OutboxTile now={now} />
        <StoreTile />
        <AuditTile />
      </div>
      <FeedStrip now={now} />
    </Page>
  );
}

interface Now extends ReturnType<typeof useAttention> {
  counts: ReturnType<typeof useInboxCounts>;
  reviews: ReturnType<typeof useReviewCounts>;
}

interface TileProps {
  to: string;
  title: string;
  /** Whether somebody has to do something. */
  alarm?: boolean;
  figure?: string | undefined;
  error?: unknown;
  retry?: () => void;
  children: ReactNode;
}

function Tile({ to, title, alarm, figure, error, retry, children }: TileProps) {
  return (
    <section className={css["tile"]} data-alarm={alarm ?? false} aria-label={title}>
      <h2>
        <Link to={to}>{title}</Link>
      </h2>
      {error && figure === undefined ? (
        <Failure cause={error} {...(retry ? { retry } : {})} />
      ) : figure === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <>
          <p className={css["figure"]}>{figure}</p>
          <div className={css["says"]}>{children}</div>
        </>
      )}
    </section>
  );
}

function FeedsTile({ now }: { now: Now }) {
  const { t } = useTranslation();
  const count = useCount();
  const { rows, ready, error, retry } = now.feeds;
  const perMinute = rows.reduce((sum, feed) => sum + (feed.perMinute ?? 0), 0);
  return (
    <Tile to="/feeds" title={t("operator.feeds.title")} alarm={now.silent.length > 0} figure={ready ? count(rows.filter(({ institution }) => institution !== "").length) : undefined} error={error} retry={retry}>
      <p>{t("operator.start.perMinute", { n: count(perMinute) })}</p>
      {now.silent.length === 0 ? (
        <p>{t("operator.start.noneSilent")}</p>
      ) : (
        now.silent.map((feed) => (
          <p key={feed.key} className={css["alarm"]}>
            <Link to={drill(feed)}>
              <InstitutionName code={feed.institution} display={feed.name} />
            </Link>{" "}
            {feed.last ? t("operator.start.silentSince", { at: when(feed.last) }) : t("operator.feeds.never")}
          </p>
        ))
      )}
    </Tile>
  );
}

function InboxTile({ now }: { now: Now }) {
  const { t } = useTranslation();
  const count = useCount();
  const word = useSpan();
  const { data, error, refetch } = now.counts;
  const parked = data?.get("parked") ?? 0;
  const oldest = now.queues.data?.find(({ name }) => name === "inbox")?.oldest;
  return (
    <Tile to="/inbox" title={t("operator.start.parked")} alarm={parked > 0 || now.stuck.length > 0} figure={data && count(parked)} error={error} retry={() => void refetch()}>
      <p>
        <Link to="/inbox?state=waiting">{t("operator.start.waiting", { n: count(data?.get("waiting") ?? 0) })}</Link>
        {oldest !== undefined && ` · ${t("operator.start.oldestWaits", { age: word(oldest) })}`}
      </p>
      <p>
        <Link to="/inbox?state=committed">{t("operator.start.committed", { n: count(data?.get("committed") ?? 0) })}</Link>
      </p>
    </Tile>
  );
}

function ReviewsTile({ now }: { now: Now }) {
  const { t } = useTranslation();
  const count = useCount();
  const word = useSpan();
  const { data, error, refetch } = now.reviews;
  const age = secondsSince(data?.oldest, Date.now());
  return (
    <Tile to="/reviews" title={t("operator.reviews.title")} alarm={(data?.open ?? 0) > 0} figure={data && count(data.open)} error={error} retry={() => void refetch()}>
      <p>{age === undefined ? t("operator.start.noReviews") : t("operator.reviews.oldest", { age: word(age) })}</p>
      <p>{t("operator.start.decidedToday", { n: count(data?.today ?? 0) })}</p>
    </Tile>
  );
}

function OutboxTile({ now }: { now: Now }) {
  const { t } = useTranslation();
  const count = useCount();
  const { data, error, refetch } = now.outbox;
  const lines = data?.destinations ?? [];
  const waiting = lines.reduce((sum, one) => sum + one.waiting, 0);
  return (
    <Tile to="/jobs" title={t("operator.start.outbox")} alarm={now.failing.length > 0} figure={data && count(waiting)} error={error} retry={() => void refetch()}>
      <p>{t("operator.start.receivers", { n: lines.length })}</p>
      {now.failing.length === 0 ? (
        <p>{t("operator.start.noneFailing")}</p>
      ) : (
        now.failing.map((one) => (
          <p key={one.institution} className={css["alarm"]}>
            <InstitutionName code={one.institution} display={one.name} /> {t("operator.start.failing", { waiting: one.waiting, parked: one.parked })}
          </p>
        ))
      )}
    </Tile>
  );
}

function StoreTile() {
  const { t } = useTranslation();
  const count = useCount();
  const { data, error, refetch } = useStore();
  const vitals = data && vitalsIn(data);
  return (
    <Tile to="/store" title={t("operator.store.title")} figure={vitals && bytes(vitals.bytes)} error={error} retry={() => void refetch()}>
      {vitals && (
        <>
          <p>{t("operator.store.total", { n: count(vitals.resources) })}</p>
          <p>{t("operator.start.rate", { n: perSecond(vitals.pace.resources.last10s, 10) })}</p>
        </>
      )}
    </Tile>
  );
}

function AuditTile() {
  const { t } = useTranslation();
  const count = useCount();
  const { data, error, refetch } = useStore();
  const vitals = data && vitalsIn(data);
  return (
    <Tile to="/audit" title={t("operator.audit.title")} figure={vitals && count(vitals.looks + vitals.writes)} error={error} retry={() => void refetch()}>
      {vitals && (
        <>
          <p>{t("operator.start.looks", { n: count(vitals.looks) })}</p>
          <p>{t("operator.start.writes", { n: count(vitals.writes) })}</p>
        </>
      )}
    </Tile>
  );
}

/** The last hour of each feed, at a glance. */
function FeedStrip({ now }: { now: Now }) {
  const { t } = useTranslation();
  const count = useCount();
  if (!now.feeds.ready || now.feeds.rows.length === 0) return null;
  return (
    <section className={css["strip"]} aria-label={t("operator.feeds.lastHour")}>
      <h2>{t("operator.feeds.lastHour")}</h2>
      <ul>
        {now.feeds.rows.map((feed) => (
          <li key={feed.key} data-alarm={feed.alarm}>
            <Link to={drill(feed)}>
              {feed.institution ? <InstitutionName code={feed.institution} display={feed.name} /> : t("operator.feeds.unknown")}
            </Link>
            <span className="meta">{t(`operator.feeds.${feed.protocol}`)}</span>
            <Minutes minutes={feed.minutes} />
            <span className="num">{t("operator.start.perMinuteShort", { n: count(feed.perMinute) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
