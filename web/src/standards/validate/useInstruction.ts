//! R4's kinds of issues in plain words; and what to do about one, where that can be said without knowing the case.

import { useTranslation } from "react-i18next";

const KNOWN = ["invalid", "structure", "required", "value", "invariant", "code-invalid", "extension", "forbidden", "not-supported", "duplicate", "not-found", "too-long", "too-costly", "business-rule", "processing", "informational", "incomplete"] as const;
const MENDED = ["structure", "required", "code-invalid", "not-found", "too-costly"] as const;

export function useInstruction(): (code: string) => { word: string; todo: string } {
  const { t } = useTranslation();
  return (code) => {
    const known = KNOWN.find((one) => one === code);
    const mended = MENDED.find((one) => one === code);
    return { word: known ? t(`standards.validate.issues.${known}`) : code, todo: mended ? t(`standards.validate.todo.${mended}`) : "" };
  };
}
