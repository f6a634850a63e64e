//! Trying all that fits again: asked once more before it begins, counted while it goes on.

import { RedoOutlined } from "@ant-design/icons";
import { Button, Popconfirm, Progress as Bar } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "../../../parts/states";
import css from "./inbox.module.css";
import type { InboxFilter } from "./messages";
import { useReplayAll } from "./useReplayAll";

export function useReplayPanel(filter: InboxFilter) {
  const { t } = useTranslation();
  const { progress, start, stop, clear } = useReplayAll();
  const button = (
    <Popconfirm
      title={t("operator.inbox.replayAllSure")}
      description={t("operator.inbox.replayAllHelp")}
      okText={t("operator.inbox.replay")}
      cancelText={t("operator.cancel")}
      onConfirm={() => void start(filter)}
    >
      <Button size="small" icon={<RedoOutlined />} disabled={progress?.state === "running"}>
        {t("operator.inbox.replayAll")}
      </Button>
    </Popconfirm>
  );
  const panel = progress && (
    <section className={css["progress"]} aria-label={t("operator.inbox.replayAll")} role="status">
      <Bar
        percent={progress.total > 0 ? Math.min(100, Math.round((progress.tried / progress.total) * 100)) : progress.state === "running" ? 0 : 100}
        size="small"
        status={progress.state === "failed" ? "exception" : progress.state === "running" ? "active" : "normal"}
        aria-label={t("operator.inbox.replayAll")}
      />
      <p>
        {t(`operator.inbox.replayState.${progress.state}`)}{" "}
        {t("operator.inbox.replayCounts", {
          tried: progress.tried,
          total: progress.more ? `${progress.total}+` : progress.total,
          committed: progress.committed,
          parked: progress.parked,
          waiting: progress.waiting,
        })}
      </p>
      {progress.state === "running" ? (
        <Button size="small" onClick={stop}>
          {t("operator.stop")}
        </Button>
      ) : (
        <Button size="small" onClick={clear}>
          {t("common.close")}
        </Button>
      )}
      {progress.state === "failed" && <Failure cause={progress.cause} />}
    </section>
  );
  return { button, panel };
}
