//! Sending the sign-in, and putting its refusals into words; a throttled person sees the seconds run down.

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { FhirError } from "../fhir/errors";
import { signIn, type User } from "./session";

export interface Problem {
  title: string;
  help?: string;
  wait: boolean;
}

/** Seconds that a throttled form stays shut when the server does not say how long. */
const DEFAULT_WAIT = 15;

export function useSignIn(onSigned: (user: User) => void) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [cause, setCause] = useState<FhirError>();
  const [seconds, setSeconds] = useState(0);

  useEffect(() => {
    if (seconds <= 0) return;
    const timer = setTimeout(() => {
      setSeconds(seconds - 1);
      if (seconds === 1) setCause(undefined);
    }, 1000);
    return () => clearTimeout(timer);
  }, [seconds]);

  const submit = async (username: string, password: string) => {
    setBusy(true);
    setCause(undefined);
    try {
      onSigned(await signIn(username, password));
    } catch (thrown) {
      const error = thrown instanceof FhirError ? thrown : new FhirError("server", 0);
      setCause(error);
      if (error.trouble === "throttled") setSeconds(error.retryAfter ?? DEFAULT_WAIT);
    } finally {
      setBusy(false);
    }
  };

  const problem = ((): Problem | undefined => {
    if (!cause) return undefined;
    if (cause.trouble === "throttled") {
      return { title: seconds > 0 ? t("signin.throttled", { n: seconds }) : t("signin.throttledSoon"), wait: seconds > 0 };
    }
    if (cause.trouble === "signed-out") return { title: t("signin.wrong"), help: t("signin.wrongHelp"), wait: false };
    return { title: t(`common.trouble.${cause.trouble}`), help: t(`common.trouble.${cause.trouble}Help`), wait: false };
  })();

  return { submit, busy, problem };
}
