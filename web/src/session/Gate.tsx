//! Lets the signed-in through and shows the sign-in page to everybody else, at whatever address they came to:
//! after signing in they are where they wanted to be.

import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { whenSignedOut } from "../fhir/http";
import { Failure, Skeleton } from "../parts/states";
import { Tips } from "../parts/Tips";
import { queries } from "../queries";
import { forgetOpened, openedBy } from "../shell/opened";
import { prefsOf } from "../shell/prefs";
import { SessionContext, signOut, type User, whoAmI } from "./session";

/** Whoever is signed in already never needs the form. */
const SignIn = lazy(async () => ({ default: (await import("./SignIn")).SignIn }));

export function Gate({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<User | null>();
  const [failed, setFailed] = useState<unknown>();

  const enter = useCallback((entering: User) => {
    prefsOf(entering.username);
    openedBy(entering.username);
    setUser((before) => {
      // Another person at the same window must not find the names that the one before had open.
      if (before !== undefined && before?.username !== entering.username) queries.clear();
      return entering;
    });
  }, []);
  const ask = useCallback(() => {
    setFailed(undefined);
    whoAmI().then((who) => (who ? enter(who) : setUser(null)), setFailed);
  }, [enter]);

  useEffect(ask, [ask]);
  useEffect(() => {
    whenSignedOut(() => {
      queries.clear();
      setUser(null);
    });
  }, []);

  const session = useMemo(() => {
    if (!user) return undefined;
    const leave = async () => {
      await signOut().catch(() => undefined);
      forgetOpened();
      queries.clear();
      setUser(null);
    };
    return { user, signOut: leave };
  }, [user]);

  if (failed) return <Failure cause={failed} retry={ask} big />;
  if (user === undefined) return <Skeleton lines={3} />;
  if (!session) {
    return (
      <>
        <Suspense fallback={<Skeleton lines={3} />}>
          <SignIn onSigned={enter} />
        </Suspense>
        <Tips />
      </>
    );
  }
  return <SessionContext value={session}>{children}</SessionContext>;
}
