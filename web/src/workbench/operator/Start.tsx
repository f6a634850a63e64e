//! An operator's start: what needs attention, at a glance.

import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Failure, Skeleton } from "../../parts/states";
import Feeds from "./feeds/Feeds";
import { countOf } from "./inbox/messages";
import { useInbox } from "./inbox/useInbox";
import css from "./start.module.css";

const TILES = ["parked", "waiting", "committed"] as const;

export default function Start() {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useInbox("parked");
  const counts = data?.pages[0]?.counts;
  return (
    <>
      <div className={css["page"]}>
        <h1 className={css["title"]}>{t("operator.start.title")}</h1>
        {error && !data ? (
          <Failure cause={error} retry={() => void refetch()} />
        ) : !counts ? (
          <Skeleton lines={2} />
        ) : (
          <ul className={css["tiles"]}>
            {TILES.map((state) => {
              const n = countOf(counts, state) ?? 0;
              return (
                <li key={state}>
                  <Link to={`/inbox?state=${state}`} className={css["tile"]} data-alarm={state === "parked" && n > 0}>
                    <span className={css["number"]}>{n.toLocaleString(i18n.language)}</span>
                    <span>{t(`operator.start.${state}`)}</span>
                  </Link>
                </li>
              );
            })}
          </ul>
        )}
      </div>
      <Feeds within />
    </>
  );
}
