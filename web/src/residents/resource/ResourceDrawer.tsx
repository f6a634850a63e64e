//! Any resource as the server keeps it, digit for digit.

import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { getText } from "../../fhir/http";
import { prettyJson } from "../../fhir/pretty";
import { Failure, Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import css from "./resource.module.css";

const KEY = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/;

export function ResourceDrawer() {
  const { t } = useTranslation();
  const [given, open] = useUrlParam("resource");
  const key = given && KEY.test(given) ? given : undefined;
  const { data, error, refetch } = useQuery({
    queryKey: ["resource", key],
    enabled: key !== undefined,
    queryFn: async () => prettyJson(await getText(`/fhir/${key ?? ""}`)),
    staleTime: 0,
    gcTime: 0,
  });
  const { message } = App.useApp();
  const copy = () => void navigator.clipboard.writeText(data ?? "").then(() => message.success(t("common.copied")));

  return (
    <Drawer
      open={key !== undefined}
      onClose={() => open(undefined)}
      size={640}
      title={
        <span className={css["title"]}>
          {t("record.resource.title")} <code>{key}</code>
        </span>
      }
      extra={
        data && (
          <Button size="small" onClick={copy}>
            {t("common.copy")}
          </Button>
        )
      }
      destroyOnHidden
    >
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : data ? (
        <>
          <p className="meta">{t("record.resource.help")}</p>
          <pre className={css["json"]} tabIndex={0} aria-label={key}>
            {data}
          </pre>
        </>
      ) : (
        <Skeleton lines={10} />
      )}
    </Drawer>
  );
}
