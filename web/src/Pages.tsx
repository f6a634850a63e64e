//! Which address shows which page. Workbenches load when they are first opened.

import { lazy, useEffect } from "react";
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
        {operator && <Route path="inbox" element={<Inbox />} />}
        {operator && <Route path="feeds" element={<Feeds />} />}
        {operator && <Route path="reviews" element={<Reviews />} />}
        {operator && <Route path="jobs" element={<Jobs />} />}
        {operator && <Route path="store" element={<Store />} />}
        {operator && <Route path="audit" element={<Audit />} />}
        {operator && <Route path="validate" element={<Validate />} />}
        {operator && <Route path="conformance" element={<Conformance />} />}
        <Route path="terms" element={<Terms />} />
        <Route path="tour" element={<Tour />} />
        <Route path="*" element={<Lost />} />
      </Route>
    </Routes>
  );
}

function Lost() {
  const { t } = useTranslation();
  return (
    <Empty big title={t("common.notFound")} help={t("common.notFoundHelp")}>
      <Link to="/">{t("common.toStart")}</Link>
    </Empty>
  );
}
