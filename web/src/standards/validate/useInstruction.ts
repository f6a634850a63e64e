//! R4's kinds of issues in plain words, and what to do about each.

import { useTranslation } from "react-i18next";

const KNOWN = ["invalid", "structure", "required", "value", "invariant", "code-invalid", "extension", "forbidden", "not-supported", "duplicate", "not-found", "too-long", "too-costly", "business-rule", "processing", "informational", "incomplete"] as const;

export function useInstruction(): (code: string) => { word: string; todo: string } {
  const { t } = useTranslation();
  return (code) => {
    const known = KNOWN.find((one) => one === code);
    return known ? { word: t(`standards.validate.issues.${known}`), todo: t(`standards.validate.todo.${known}`) } : { word: code, todo: "" };
  };
}
