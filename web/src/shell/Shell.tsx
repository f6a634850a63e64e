//! The frame around every page: top bar, menu, tabs, and the work area.

import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useLocation } from "react-router";
import { Boundary } from "../parts/Boundary";
import { InstitutionNames, useInstitutionNames } from "../parts/institutions";
import { Skeleton } from "../parts/states";
import { Tips } from "../parts/Tips";
import { GlobalKeys } from "./GlobalKeys";
import { Nav } from "./Nav";
import css from "./shell.module.css";
import { Tabs } from "./Tabs";
import { TopBar } from "./TopBar";

const Palette = lazy(async () => ({ default: (await import("./palette/Palette")).Palette }));

export function Shell() {
  const { t } = useTranslation();
  const here = useLocation().pathname;
  const names = useInstitutionNames();
  const [searching, setSearching] = useState(false);

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setSearching(true);
    };
    document.addEventListener("keydown", keys);
    return () => document.removeEventListener("keydown", keys);
  }, []);

  return (
    <InstitutionNames value={names}>
      <a className={css["skip"]} href="#work">
        {t("shell.skip")}
      </a>
      <div className={css["shell"]}>
        <TopBar onSearch={() => setSearching(true)} />
        <Nav />
        <div className={css["area"]}>
          <Tabs />
          <main id="work" className={css["work"]} tabIndex={-1}>
            <Boundary place={here}>
              <Suspense fallback={<Skeleton lines={6} />}>
                <Outlet />
              </Suspense>
            </Boundary>
          </main>
        </div>
      </div>
      <GlobalKeys onSearch={() => setSearching(true)} />
      <Suspense>{searching && <Palette onClose={() => setSearching(false)} />}</Suspense>
      <Tips />
    </InstitutionNames>
  );
}
