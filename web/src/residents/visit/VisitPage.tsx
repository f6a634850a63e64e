//! One visit: its documents, orders and results side by side, in the place of the whole record.

import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../../fhir/concept";
import type { Condition } from "../../fhir/types";
import { Card } from "../../parts/Card";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { DocumentRows } from "../documents/DocumentRows";
import { hasWords, papersIn } from "../documents/papers";
import { coursesIn } from "../medicines/courses";
import { Courses } from "../medicines/Medicines";
import { ResultsTable } from "../results/ResultsTable";
import { byUrgency, seriesIn } from "../results/series";
import { useVisit, type Visit } from "./useVisit";
import css from "./visit.module.css";
import { VisitHead } from "./VisitHead";

export function VisitPage({ visit: key }: { visit: string }) {
  const { t } = useTranslation();
  const [, choose] = useUrlParam("visit");
  const { data, error, refetch } = useVisit(key);
  return (
    <div className={css["page"]}>
      <div>
        <Button size="small" icon={<ArrowLeftOutlined />} onClick={() => choose(undefined)}>
          {t("record.timeline.back")}
        </Button>
      </div>
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
  const nothing = series.length + courses.length + papers.length + visit.conditions.length === 0;
  return (
    <>
      <VisitHead visit={visit.encounter} />
      {nothing && <Empty title={t("record.timeline.noItems")} />}
      <div className={css["side"]}>
        {visit.conditions.length > 0 && (
          <Card title={t("record.sections.problems")} count={visit.conditions.length}>
            <ConditionRows conditions={visit.conditions} />
          </Card>
        )}
        {courses.length > 0 && (
          <Card title={t("record.sections.medicines")} count={courses.length}>
            <Courses courses={courses} />
          </Card>
        )}
        {papers.length > 0 && (
          <Card title={t("record.sections.documents")} count={papers.length}>
            <DocumentRows papers={papers} />
          </Card>
        )}
      </div>
      {series.length > 0 && (
        <Card title={t("record.types.results")} count={series.length}>
          <ResultsTable series={series} />
        </Card>
      )}
    </>
  );
}

function ConditionRows({ conditions }: { conditions: Condition[] }) {
  const { i18n } = useTranslation();
  return (
    <ul className={rows["rows"]}>
      {conditions.map((condition) => (
        <li key={condition.id} className={rows["row"]}>
          <span className={rows["main"]}>{wordsOf(condition.code, i18n.language)}</span>
          <Source resource={condition} date={condition.recordedDate} bare />
        </li>
      ))}
    </ul>
  );
}
