//! Acts and roles in words; what has none here is shown as it is recorded.

import { useTranslation } from "react-i18next";

export const ACTS = ["look", "write", "read", "search", "history", "create", "update", "delete", "who-looked", "inbox-message", "inbox-replay", "audit"] as const;
const ALL = [...ACTS, "vread", "watch", "condition", "join", "leave", "operation"] as const;
const ROLES = ["doctor", "nurse", "operator", "system"] as const;

export function useActWord(): (act: string) => string {
  const { t } = useTranslation();
  return (act) => {
    const known = ALL.find((one) => one === act);
    return known ? t(`operator.audit.acts.${known}`) : act;
  };
}

export function useRoleWord(): (role: string) => string {
  const { t } = useTranslation();
  return (role) => {
    const known = ROLES.find((one) => one === role);
    return known ? t(`common.role.${known}`) : role;
  };
}
