//! The small coloured tick that says where something came from; the same everywhere.

import { useTranslation } from "react-i18next";
import { keyOf } from "../fhir/bundle";
import { institutionTag } from "../fhir/institution";
import type { Resource } from "../fhir/types";
import { institutionColour } from "../theme/palette";
import { shortName } from "../words/shortname";
import { when } from "../words/when";
import { useInstitutions } from "./institutions";
import css from "./tick.module.css";
import { useUrlParam } from "./url";

export function Tick({ code }: { code: string }) {
  return <span className={css["tick"]} style={{ background: institutionColour(code) }} aria-hidden="true" />;
}

export function InstitutionName({ code, display }: { code: string; display?: string }) {
  const { name } = useInstitutions()(code, display);
  return (
    <span className={css["named"]}>
      <Tick code={code} />
      <span className={css["name"]}>{name}</span>
      <span className={css["short"]}>{shortName(name)}</span>
    </span>
  );
}

/** Where `resource` came from and when; opens it as the server keeps it. */
export function Source({ resource, date, bare }: { resource: Resource; date?: string; bare?: boolean }) {
  const { t } = useTranslation();
  const [, open] = useUrlParam("resource");
  const tag = institutionTag(resource);
  const code = tag?.code ?? "";
  const { name } = useInstitutions()(code, tag?.display);
  const key = keyOf(resource);
  const time = date ?? resource.meta?.lastUpdated;
  const tip = [name || t("common.unknown"), when(time), key].filter(Boolean).join("\n");
  return (
    <button
      type="button"
      className={bare ? css["bare"] : css["source"]}
      data-tip={tip}
      aria-label={bare ? `${t("common.source")} ${name} ${when(time)} ${key}` : undefined}
      onClick={() => open(key)}
    >
      <Tick code={code} />
      {!bare && (
        <>
          <span className={css["name"]}>{name}</span>
          <span className={css["short"]}>{shortName(name)}</span>
          <span className="offscreen">
            {when(time)} {key}
          </span>
        </>
      )}
    </button>
  );
}
