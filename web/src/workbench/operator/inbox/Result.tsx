//! What a message wrote: each resource as the server keeps it, beside the message.

import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getText } from "../../../fhir/http";
import { prettyJson } from "../../../fhir/pretty";
import { Failure, Skeleton } from "../../../parts/states";
import { useUrlParam } from "../../../parts/url";
import { groupBy } from "../../../words/group";
import css from "./inbox.module.css";
import type { Detail } from "./messages";

/** More of one type than this are folded. */
const FEW = 6;

export function Result({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const [shown, show] = useState<string>();
  const kinds = groupBy(detail.result, (key) => key.split("/")[0] ?? "");
  return (
    <>
      {detail.result.length === 0 ? (
        <p className="meta">{t("operator.inbox.noResources")}</p>
      ) : (
        <ul className={css["written"]}>
          {[...kinds].map(([kind, keys]) => (
            <Kind key={kind} kind={kind} keys={keys} shown={shown} onShow={(key) => show(key === shown ? undefined : key)} />
          ))}
        </ul>
      )}
      {shown ? <Json key={shown} of={shown} /> : detail.result.length > 0 && <p className="meta">{t("operator.inbox.press")}</p>}
      {detail.warnings.length > 0 && (
        <>
          <h3>{t("operator.inbox.warnings")}</h3>
          <ul className={css["warnings"]}>
            {detail.warnings.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface KindProps {
  kind: string;
  keys: readonly string[];
  shown: string | undefined;
  onShow: (key: string) => void;
}

function Kind({ kind, keys, shown, onShow }: KindProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const visible = all ? keys : keys.slice(0, FEW);
  return (
    <li>
      <span className={css["kindWord"]}>
        {kind} {keys.length > 1 && `× ${keys.length}`}
      </span>
      {visible.map((key) => (
        <button key={key} type="button" className={css["key"]} data-on={key === shown} aria-pressed={key === shown} data-tip={key} onClick={() => onShow(key)}>
          {key.split("/")[1]?.slice(-8)}
          <span className="offscreen">{key}</span>
        </button>
      ))}
      {keys.length > visible.length && (
        <button type="button" className={css["key"]} onClick={() => setAll(true)}>
          {t("common.showAll", { n: keys.length })}
        </button>
      )}
    </li>
  );
}

function Json({ of }: { of: string }) {
  const { t } = useTranslation();
  const [, open] = useUrlParam("resource");
  const { data, error, refetch } = useQuery({
    queryKey: ["resource", of],
    queryFn: async () => prettyJson(await getText(`/fhir/${of}`)),
    staleTime: 0,
    gcTime: 0,
  });
  if (error) return <Failure cause={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <div className={css["json"]}>
      <p className={css["jsonHead"]}>
        <code>{of}</code>
        <Button size="small" type="link" onClick={() => open(of)}>
          {t("common.open")}
        </Button>
      </p>
      <pre className={css["raw"]} tabIndex={0} aria-label={of}>
        {data}
      </pre>
    </div>
  );
}
