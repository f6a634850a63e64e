//! One visit: its documents, orders and results side by side, in the place of the whole record.

import { ArrowLeftOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Condition, Encounter, Procedure } from "../../fhir/types";
import { Card } from "../../parts/Card";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { DocumentRows } from "../documents/DocumentRows";
import { hasWords, papersIn } from "../documents/papers";
import { coursesIn } from "../medicines/courses";
import { Courses } from "../medicines/Medicines";
import { ordersIn } from "../orders/loops";
import { OrderRows } from "../orders/OrderRows";
import { useSection } from "../record/useSection";
import { ResultsTable } from "../results/ResultsTable";
import { byUrgency, seriesIn } from "../results/series";
import { byYear } from "../timeline/visits";
import { useVisit, type Visit } from "./useVisit";
import css from "./visit.module.css";
import { VisitHead } from "./VisitHead";

export function VisitPage({ visit: key }: { visit: string }) {
  const { t } = useTranslation();
  const [, choose] = useUrlParam("visit");
  const { data, error, refetch } = useVisit(key);
  const visits = byYear(useSection<Encounter>("encounters").items).flatMap((year) => year.visits).map(keyOf);
  const at = visits.indexOf(key);
  const later = at > 0 ? visits[at - 1] : undefined;
  const earlier = at >= 0 ? visits[at + 1] : undefined;
  return (
    <div className={css["page"]}>
      <nav className={css["go"]}>
        <Button size="small" icon={<ArrowLeftOutlined />} onClick={() => choose(undefined)}>
          {t("record.timeline.back")}
        </Button>
        <span className={css["neighbours"]}>
          <Button size="small" icon={<LeftOutlined />} disabled={!earlier} onClick={() => choose(earlier)}>
            {t("record.timeline.earlier")}
          </Button>
          <Button size="small" icon={<RightOutlined />} iconPlacement="end" disabled={!later} onClick={() => choose(later)}>
            {t("record.timeline.later")}
          </Button>
        </span>
      </nav>
      {error ? <Failure cause={error} retry={() => void refetch()} /> : data ? <VisitParts visit={data} /> : <Skeleton lines={8} />}
    </div>
  );
}

function VisitParts({ visit }: { visit: Visit }) {
  const { t, i18n } = useTranslation();
  const series = byUrgency(seriesIn(visit.results, i18n.language));
  const courses = coursesIn(visit.requests, [], visit.included);
  // Sheets that only gather results say nothing more than the results below.
  const papers = papersIn(visit.documents, visit.reports, i18n.language).filter(hasWords);
  const orders = ordersIn(visit.orders, [...visit.results, ...visit.reports]);
  const side = courses.length + papers.length + orders.length + visit.conditions.length + visit.procedures.length;
  const nothing = series.length + side === 0;
  return (
    <>
      <VisitHead visit={visit.encounter} />
      {nothing && <Empty title={t("record.timeline.noItems")} />}
      <div className={css["split"]} data-both={series.length > 0 && side > 0}>
        <div className={css["side"]}>
          {visit.conditions.length > 0 && (
            <Card id="visit-problems" title={t("record.sections.problems")} count={visit.conditions.length}>
              <CodedRows items={visit.conditions} />
            </Card>
          )}
          {courses.length > 0 && (
            <Card id="visit-medicines" title={t("record.sections.medicines")} count={courses.length}>
              <Courses courses={courses} />
            </Card>
          )}
          {orders.length > 0 && (
            <Card id="visit-orders" title={t("record.orders.ofVisit")} count={orders.length}>
              <OrderRows orders={orders} />
            </Card>
          )}
          {visit.procedures.length > 0 && (
            <Card id="visit-procedures" title={t("record.sections.procedures")} count={visit.procedures.length}>
              <CodedRows items={visit.procedures} />
            </Card>
          )}
          {papers.length > 0 && (
            <Card id="visit-documents" title={t("record.sections.documents")} count={papers.length}>
              <DocumentRows papers={papers} />
            </Card>
          )}
        </div>
        {series.length > 0 && (
          <Card id="visit-results" title={t("record.types.results")} count={series.length}>
            <ResultsTable series={series} />
          </Card>
        )}
      </div>
    </>
  );
}

function CodedRows({ items }: { items: (Condition | Procedure)[] }) {
  const { i18n } = useTranslation();
  return (
    <ul className={rows["rows"]}>
      {items.map((one) => (
        <li key={one.id} className={rows["row"]}>
          <span className={rows["main"]}>{wordsOf(one.code, i18n.language)}</span>
          <Source resource={one} date={one.resourceType === "Condition" ? one.recordedDate : one.performedDateTime} bare />
        </li>
      ))}
    </ul>
  );
}
