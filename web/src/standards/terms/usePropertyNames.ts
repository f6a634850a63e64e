//! The words of a code's properties: those that FHIR, HL7's terminology and the house's own code systems use have names in
//! each language; of any other the code system's own description is taken, or its code.

import { useTranslation } from "react-i18next";
import { HAN } from "../../fhir/concept";

const KNOWN = [
  "source", "parent", "child", "partOf", "status", "inactive", "notSelectable", "abstract", "definition", "comment", "deprecationDate", "effectiveDate",
  "retirementDate", "deprecated", "replacedBy", "synonymCode", "internalId", "order", "itemWeight", "unit", "specimen", "section", "level", "letters",
  "kind", "confirmed", "window-days", "legacy", "pinyin",
] as const;
const STATUS = ["active", "experimental", "deprecated", "retired", "draft"] as const;
const KINDS = ["quantity", "word", "panel", "report", "document"] as const;

export interface PropertyNames {
  property: (code: string, says: string) => string;
  value: (code: string, value: string) => string;
  language: (code: string) => string;
  use: (display: string) => string;
}

export function usePropertyNames(): PropertyNames {
  const { t, i18n } = useTranslation();
  const chinese = i18n.language.startsWith("zh");
  return {
    property: (code, says) => {
      const known = KNOWN.find((one) => one === code);
      if (known) return t(`standards.terms.propertyNames.${known}`);
      // A long description is a tip, not a name.
      return says && says.length <= 16 && HAN.test(says) === chinese ? says : code;
    },
    value: (code, value) => {
      if (value === "true" || value === "false") return t(`standards.terms.truth.${value}`);
      const status = code === "status" && STATUS.find((one) => one === value);
      if (status) return t(`standards.terms.statuses.${status}`);
      const kind = code === "kind" && KINDS.find((one) => one === value);
      if (kind) return t(`standards.terms.itemKinds.${kind}`);
      return value;
    },
    language: (code) => {
      if (code === "") return "";
      try {
        return new Intl.DisplayNames([i18n.language], { type: "language" }).of(code) ?? code;
      } catch {
        // What is no language tag is shown as it stands.
        return code;
      }
    },
    use: (display) => {
      const uses = { Synonym: "synonym", "Fully specified name": "full", display: "display" } as const;
      return display in uses ? t(`standards.terms.uses.${uses[display as keyof typeof uses]}`) : display;
    },
  };
}
