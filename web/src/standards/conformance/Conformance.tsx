//! What this server speaks, in its own words (`metadata`), and whether it keeps to them when the browser tries.

import { useTranslation } from "react-i18next";
import { Failure, Skeleton } from "../../parts/states";
import { Page, Part } from "../../workbench/operator/common/Page";
import { type Capability, everywhere, typesOf } from "./capability";
import css from "./conformance.module.css";
import { Operations } from "./Operations";
import { Probes } from "./Probes";
import { Types } from "./Types";
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
  const rows: [string, readonly (string | undefined)[]][] = [
    [t("standards.conformance.software"), [[capability.software?.name, capability.software?.version].filter(Boolean).join(" ")]],
    [t("standards.conformance.fhirVersion"), [capability.fhirVersion]],
    [t("standards.conformance.address"), [capability.implementation?.url]],
    [t("standards.conformance.formats"), capability.format ?? []],
    [t("standards.conformance.patchFormats"), capability.patchFormat ?? []],
    [t("standards.conformance.guides"), capability.implementationGuide ?? []],
    [t("standards.conformance.security"), [rest?.security?.description]],
    [t("standards.conformance.cors"), [rest?.security?.cors === undefined ? undefined : t(rest.security.cors ? "standards.conformance.corsOn" : "standards.conformance.corsOff")]],
    [t("standards.conformance.system"), rest?.interaction?.map(({ code }) => code) ?? []],
    [t("standards.conformance.systemParams"), rest?.searchParam?.map(({ name }) => name) ?? []],
    [t("standards.conformance.compartments"), rest?.compartment?.map((url) => url.slice(url.lastIndexOf("/") + 1)) ?? []],
  ];
  const known = rows.map(([word, values]) => [word, values.filter((one): one is string => Boolean(one))] as const);
  return (
    <>
      <Part title={t("standards.conformance.statement")} extra={<a href="/fhir/metadata?_format=json">metadata</a>}>
        <dl className={`${css["facts"]} ${css["two"]}`}>
          {known
            .filter(([, values]) => values.length > 0)
            .map(([word, values]) => (
              <div key={word}>
                <dt>{word}</dt>
                <dd>
                  <Listed values={values} />
                </dd>
              </div>
            ))}
        </dl>
      </Part>
      <Part title={t("standards.conformance.systemOperations")} extra={<a href="/fhir/openapi.json">openapi.json</a>}>
        <Operations operations={rest?.operation ?? []} />
      </Part>
      <Part title={t("standards.conformance.typeOperations")}>
        <Operations operations={everywhere(typesOf(capability))} />
      </Part>
    </>
  );
}

/** Several values one after the other, each whole, with the comma of the language between. */
function Listed({ values }: { values: readonly string[] }) {
  const { t } = useTranslation();
  return values.map((value, at) => (
    <span key={value}>
      {at > 0 && t("common.comma")}
      {value}
    </span>
  ));
}
