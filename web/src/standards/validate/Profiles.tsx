//! Which profiles the resource is to keep besides those that it names itself: those of the server for its type, the
//! Chinese ones first; any other address can be typed.

import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { addressOf, titleOf, usable } from "../common/canonicals";
import { useCanonicals } from "../common/useCanonicals";
import css from "./validate.module.css";

interface ProfilesProps {
  type: string | undefined;
  value: readonly string[];
  onChange: (profiles: string[]) => void;
}

export function Profiles({ type, value, onChange }: ProfilesProps) {
  const { t } = useTranslation();
  const { all, query } = useCanonicals("StructureDefinition", "&derivation=constraint");
  const fitting = usable(all ?? []).filter((one) => one.kind !== "complex-type" && one.type !== "Extension" && (type === undefined || one.type === undefined || one.type === type));
  return (
    <Select
      mode="tags"
      size="small"
      className={css["profiles"] ?? ""}
      aria-label={t("standards.validate.profiles")}
      placeholder={query.error ? t("standards.validate.profilesUnread") : fitting.length === 0 ? t("standards.validate.profilesNone") : t("standards.validate.profilesHelp", { n: fitting.length })}
      loading={query.isFetching}
      value={[...value]}
      onChange={(chosen) => onChange(chosen.map((one) => one.trim()).filter(Boolean))}
      optionFilterProp="search"
      optionLabelProp="short"
      options={fitting.map((one) => ({
        value: addressOf(one),
        short: titleOf(one),
        label: (
          <span className={css["profile"]}>
            {titleOf(one)} <span className="meta">{one.url}</span>
          </span>
        ),
        search: `${titleOf(one)} ${one.name ?? ""} ${one.url ?? ""}`,
      }))}
    />
  );
}
