//! The operator's bell: feeds that went silent, receivers that do not answer, an inbox that stands still.

import { BellOutlined } from "@ant-design/icons";
import { Badge, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useInstitutions } from "../../../parts/institutions";
import { when } from "../../../words/when";
import type { Happened } from "../common/stream";
import { useAttention } from "../common/useAttention";
import { useLive } from "../common/useLive";
import { useSpan } from "../common/useWords";
import { drill } from "../feeds/feeds";
import { FEEDS_KEY } from "../feeds/useFeeds";
import { JOBS_KEY } from "../jobs/useJobs";
import css from "./bell.module.css";

const KEYS = [FEEDS_KEY, JOBS_KEY];
const touches = ({ what }: Happened) => what === "inbox" || what === "outbox";

export default function Bell() {
  const { t } = useTranslation();
  const go = useNavigate();
  const name = useInstitutions();
  const word = useSpan();
  useLive(KEYS, touches);
  const { silent, failing, stuck } = useAttention();
  const items: NonNullable<MenuProps["items"]> = [
    ...silent.map((feed) => ({
      key: feed.key,
      label: t(feed.last ? "operator.bell.silent" : "operator.bell.never", {
        name: name(feed.institution, feed.name).name,
        at: when(feed.last),
      }),
      onClick: () => void go(drill(feed)),
    })),
    ...failing.map((one) => ({
      key: `outbox ${one.institution}`,
      label: t("operator.bell.outbox", { name: name(one.institution, one.name).name, n: one.waiting + one.parked }),
      onClick: () => void go("/jobs"),
    })),
    ...stuck.map((queue) => ({
      key: queue.name,
      label: t("operator.bell.stuck", { age: word(queue.oldest) }),
      onClick: () => void go("/inbox?state=waiting"),
    })),
  ];
  const n = items.length;
  const shown: MenuProps["items"] = n > 0 ? items : [{ key: "none", label: t("operator.bell.none"), disabled: true }];
  return (
    <Dropdown menu={{ items: shown, selectable: false }} trigger={["click"]} placement="bottomRight">
      <button type="button" className={css["bell"]} aria-haspopup="menu" aria-label={t("operator.bell.label", { n })}>
        <Badge count={n} size="small" color="orange" className={css["badge"] ?? ""}>
          <BellOutlined className={css["icon"] ?? ""} />
        </Badge>
      </button>
    </Dropdown>
  );
}
