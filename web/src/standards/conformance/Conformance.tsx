//! What this server speaks, in its own words (`metadata`), and whether it keeps to them when the browser tries.

import { useTranslation } from "react-i18next";
import { Failure, Skeleton } from "../../parts/states";
import { Page, Part } from "../../workbench/operator/common/Page";
import type { Capability } from "./capability";
import css from "./conformance.module.css";
import { Probes } from "./Probes";
import { Operations, Types } from "./Types";
import { useCapability } from "./useCapability";

export default function Conformance() {
  const { t } = useTranslation();
  const { data, error, refetch } = useCapability();
  return (
    <Page title={t("standards.conformance.title")} help={t("standards.conformance.help")}>
      {data ? (
        <>
          <Facts capability={data} />
          <Probes capability={data} />
          <Types capability={data} />
          <Part title={t("standards.conformance.suites")}>
            <p className={css["note"]}>{t("standards.conformance.noSuites")}</p>
          </Part>
        </>
      ) : error ? (
        <Failure cause={error} retry={() => void refetch()} big />
      ) : (
        <Skeleton lines={14} />
      )}
    </Page>
  );
}

function Facts({ capability }: { capability: Capability }) {
  const { t } = useTranslation();
  const [rest] = capability.rest ?? [];
  const rows: [string, string | undefined][] = [
    [t("standards.conformance.software"), [capability.software?.name, capability.software?.version].filter(Boolean).join(" ")],
    [t("standards.conformance.fhirVersion"), capability.fhirVersion],
    [t("standards.conformance.address"), capability.implementation?.url],
    [t("standards.conformance.formats"), capability.format?.join("  ")],
    [t("standards.conformance.patchFormats"), capability.patchFormat?.join("  ")],
    [t("standards.conformance.guides"), capability.implementationGuide?.join("  ")],
    [t("standards.conformance.security"), rest?.security?.description],
    [t("standards.conformance.cors"), rest?.security?.cors === undefined ? undefined : t(rest.security.cors ? "standards.conformance.corsOn" : "standards.conformance.corsOff")],
    [t("standards.conformance.system"), rest?.interaction?.map(({ code }) => code).join("  ")],
    [t("standards.conformance.systemParams"), rest?.searchParam?.map(({ name }) => name).join("  ")],
    [t("standards.conformance.compartments"), rest?.compartment?.map((url) => url.slice(url.lastIndexOf("/") + 1)).join("  ")],
  ];
  return (
    <div className={css["pair"]}>
      <Part title={t("standards.conformance.statement")} extra={<a href="/fhir/metadata?_format=json">metadata</a>}>
        <dl className={css["facts"]}>
          {rows
            .filter(([, value]) => value)
            .map(([word, value]) => (
              <div key={word}>
                <dt>{word}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </Part>
      <Part title={t("standards.conformance.systemOperations")} extra={<a href="/fhir/openapi.json">openapi.json</a>}>
        <div className={css["scroll"]} tabIndex={0} role="group" aria-label={t("standards.conformance.systemOperations")}>
          <Operations operations={rest?.operation ?? []} />
        </div>
      </Part>
    </div>
  );
}
