//! Which address shows which page. Workbenches load when they are first opened.

import { type ComponentType, lazy, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Routes } from "react-router";
import { Empty } from "./parts/states";
import { useSession } from "./session/session";
import { Shell } from "./shell/Shell";

const DoctorStart = lazy(() => import("./workbench/doctor/Start"));
const Residents = lazy(() => import("./workbench/doctor/Residents"));
const loadRecord = () => import("./residents/record/Record");
const Record = lazy(loadRecord);
const OperatorStart = lazy(() => import("./workbench/operator/Start"));
const Inbox = lazy(() => import("./workbench/operator/inbox/Inbox"));
const Tour = lazy(() => import("./workbench/tour/Tour"));
const Feeds = lazy(() => import("./workbench/operator/feeds/Feeds"));
const Reviews = lazy(() => import("./workbench/operator/reviews/Reviews"));
const Jobs = lazy(() => import("./workbench/operator/jobs/Jobs"));
const Store = lazy(() => import("./workbench/operator/store/Store"));
const Audit = lazy(() => import("./workbench/operator/audit/Audit"));
const Terms = lazy(() => import("./standards/terms/Terms"));
const Validate = lazy(() => import("./standards/validate/Validate"));
const Conformance = lazy(() => import("./standards/conformance/Conformance"));

/** What the operator alone may open. Whoever else follows a link to one is told so: the page is there. */
const OPERATOR: Record<string, ComponentType> = {
  inbox: Inbox,
  feeds: Feeds,
  reviews: Reviews,
  jobs: Jobs,
  store: Store,
  audit: Audit,
  validate: Validate,
  conformance: Conformance,
};

export function Pages() {
  const { user } = useSession();
  const operator = user.role === "operator";

  // Whoever signs in as a clinician opens a record next: its code comes while they type.
  useEffect(() => {
    if (!operator) void loadRecord().catch(() => undefined);
  }, [operator]);

  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={operator ? <OperatorStart /> : <DoctorStart />} />
        <Route path="residents" element={<Residents />} />
        <Route path="residents/:id" element={<Record />} />
        {Object.entries(OPERATOR).map(([path, Page]) => (
          <Route key={path} path={path} element={operator ? <Page /> : <Instead of="noRight" />} />
        ))}
        <Route path="terms" element={<Terms />} />
        <Route path="tour" element={<Tour />} />
        <Route path="*" element={<Instead of="notFound" />} />
      </Route>
    </Routes>
  );
}

/** Where there is no page to show: why, and the way back. */
function Instead({ of }: { of: "notFound" | "noRight" }) {
  const { t } = useTranslation();
  return (
    <Empty big title={t(`common.${of}`)} help={t(`common.${of}Help`)}>
      <Link to="/">{t("common.toStart")}</Link>
    </Empty>
  );
}
