//! Feeds by institution: what the record holds from each, and when it last spoke.

import { useTranslation } from "react-i18next";
import { useKnownInstitutions } from "../../../parts/institutions";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { InstitutionName } from "../../../parts/Tick";
import { when } from "../../../words/when";
import { useInboxEvents } from "../inbox/useInbox";
import css from "./feeds.module.css";
import { COUNTED_NAMES, type Feed, feedsIn, RECENT, useRecentMessages, useRecordCounts } from "./useFeeds";

/** `within` another page the title is a part of it. */
export default function Feeds({ within }: { within?: boolean }) {
  const Title = within ? "h2" : "h1";
  const { t } = useTranslation();
  useInboxEvents();
  const known = useKnownInstitutions();
  const recent = useRecentMessages();
  const feeds = feedsIn(recent.data ?? [], known);
  const counts = useRecordCounts(feeds.map(({ code }) => code));
  const failed = recent.error ?? counts.error;
  const retry = () => {
    void recent.refetch();
    void counts.refetch();
  };
  return (
    <div className={css["page"]}>
      <Title className={css["title"]}>{t("operator.feeds.title")}</Title>
      <p className="meta">{t("operator.feeds.help", { n: RECENT })}</p>
      {failed ? (
        <Failure cause={failed} retry={retry} big />
      ) : recent.isPending ? (
        <Skeleton lines={5} />
      ) : feeds.length === 0 ? (
        <Empty big title={t("operator.feeds.none")} help={t("operator.feeds.noneHelp")} />
      ) : (
        <div className={css["frame"]}>
          <table className={css["table"]}>
            <thead>
              <tr>
                <th scope="col">{t("operator.inbox.institution")}</th>
                {COUNTED_NAMES.map((name) => (
                  <th key={name} scope="col" className="num">
                    {t(`operator.feeds.${name}`)}
                  </th>
                ))}
                <th scope="col">{t("operator.feeds.last")}</th>
                <th scope="col" className="num">
                  {t("operator.feeds.recent", { n: RECENT })}
                </th>
                <th scope="col" className="num">
                  {t("operator.feeds.parked")}
                </th>
              </tr>
            </thead>
            <tbody>
              {feeds.map((feed) => (
                <FeedRow key={feed.code} feed={feed} count={(name) => counts.data?.get(`${feed.code} ${name}`)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function FeedRow({ feed, count }: { feed: Feed; count: (name: string) => number | undefined }) {
  const { t, i18n } = useTranslation();
  const number = (n: number | undefined) => (n === undefined ? "…" : n.toLocaleString(i18n.language));
  return (
    <tr>
      <th scope="row">
        <InstitutionName code={feed.code} /> <span className="meta">{feed.code}</span>
      </th>
      {COUNTED_NAMES.map((name) => (
        <td key={name} className="num">
          {number(count(name))}
        </td>
      ))}
      <td>{feed.last ? `${when(feed.last.received)} · ${feed.last.kind}` : <span className="meta">{t("operator.feeds.noMessage")}</span>}</td>
      <td className="num">{number(feed.recent)}</td>
      <td className="num">
        <span className={feed.parked > 0 ? css["parked"] : undefined}>{number(feed.parked)}</span>
      </td>
    </tr>
  );
}
