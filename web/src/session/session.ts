//! Who is signed in. `GET /auth/me` answers it at start; sign-in and sign-out change it.

import { createContext, useContext } from "react";
import { FhirError } from "../fhir/errors";
import { getJson, postJson, setCsrf } from "../fhir/http";

export interface User {
  username: string;
  display: string;
  role: "doctor" | "nurse" | "operator";
  institution: { code: string; name: string };
}

interface Signed {
  user: User;
  csrf: string;
}

export interface Session {
  user: User;
  signOut: () => Promise<void>;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("a page was shown outside of a session");
  return session;
}

function welcome(signed: Signed): User {
  setCsrf(signed.csrf);
  return signed.user;
}

/** The signed-in user, or nothing. */
export async function whoAmI(): Promise<User | null> {
  try {
    return welcome(await getJson<Signed>("/auth/me"));
  } catch (cause) {
    if (cause instanceof FhirError && cause.trouble === "signed-out") return null;
    throw cause;
  }
}

export async function signIn(username: string, password: string): Promise<User> {
  return welcome(await postJson<Signed>("/auth/sign-in", { username, password }, { accept: "application/json" }));
}

export async function signOut(): Promise<void> {
  await postJson<unknown>("/auth/sign-out", {}, { accept: "application/json" });
  setCsrf("");
}
