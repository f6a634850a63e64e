//! The top bar: whose house this is, where one works, one search for everything, and the person.

import { SearchOutlined } from "@ant-design/icons";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Mark } from "../parts/Mark";
import { InstitutionName } from "../parts/Tick";
import { useSession } from "../session/session";
import { LanguageButton } from "./LanguageButton";
import { PersonMenu } from "./PersonMenu";
import css from "./topbar.module.css";

const Bell = lazy(() => import("../workbench/operator/bell/Bell"));

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation();
  const { user } = useSession();
  return (
    <header className={css["bar"]}>
      <Link to="/" className={css["brand"]}>
        <Mark size={28} />
        <span className={css["product"]}>{t("common.product")}</span>
        <span className="offscreen">{t("common.toStart")}</span>
      </Link>
      <span className={css["place"]}>
        <InstitutionName code={user.institution.code} display={user.institution.name} />
      </span>
      <button type="button" className={css["search"]} onClick={onSearch} aria-keyshortcuts="Control+K">
        <SearchOutlined />
        <span className={css["searchWords"]}>{t("shell.palette.open")}</span>
        <kbd className={css["kbd"]}>Ctrl K</kbd>
      </button>
      <span className={css["end"]}>
        {user.role === "operator" && (
          <Suspense>
            <Bell />
          </Suspense>
        )}
        <LanguageButton dark />
        <PersonMenu />
      </span>
    </header>
  );
}
