//! A paper opened: who wrote it, when, where, and its words or its results.

import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { read } from "../../fhir/reader";
import type { DiagnosticReport, DocumentReference, Observation } from "../../fhir/types";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { when } from "../../words/when";
import { ResultsTable } from "../results/ResultsTable";
import { seriesIn } from "../results/series";
import css from "./documents.module.css";
import { type Paper, papersIn } from "./papers";
import { bodyOf } from "./text";

const KEY = /^(DocumentReference|DiagnosticReport)\/[A-Za-z0-9\-.]{1,64}$/;

export function DocumentDrawer() {
  const { i18n } = useTranslation();
  const [given, open] = useUrlParam("document");
  const key = given && KEY.test(given) ? given : undefined;
  const { data, error, refetch } = useQuery({
    queryKey: ["document", key],
    enabled: key !== undefined,
    queryFn: () => read<DocumentReference | DiagnosticReport>(key ?? ""),
  });
  const documents = data?.resourceType === "DocumentReference" ? [data] : [];
  const reports = data?.resourceType === "DiagnosticReport" ? [data] : [];
  const [paper] = papersIn(documents, reports, i18n.language);
  return (
    <Drawer open={key !== undefined} onClose={() => open(undefined)} size={680} title={paper?.title ?? ""} destroyOnHidden>
      {error ? <Failure cause={error} retry={() => void refetch()} /> : paper ? <PaperBody paper={paper} /> : <Skeleton lines={8} />}
    </Drawer>
  );
}

function PaperBody({ paper }: { paper: Paper }) {
  const { t, i18n } = useTranslation();
  const [attachment] = paper.attachments;
  const words = useQuery({
    queryKey: ["document", paper.key, "body"],
    enabled: attachment !== undefined,
    queryFn: () => bodyOf(attachment ?? {}),
  });
  const results = useQuery({
    queryKey: ["document", paper.key, "results"],
    enabled: paper.results.length > 0,
    queryFn: () => Promise.all(paper.results.map((one) => read<Observation>(one))),
  });
  return (
    <article>
      <p className={css["head"]}>
        <span>{when(paper.date)}</span>
        {paper.author && <span>{paper.author}</span>}
        <Source resource={paper.resource} date={paper.date} />
      </p>
      {words.error && <Failure cause={words.error} retry={() => void words.refetch()} />}
      {attachment && words.isPending && <Skeleton lines={6} />}
      {words.data?.kind === "text" && <div className={css["text"]}>{words.data.text}</div>}
      {words.data?.kind === "image" && <img className={css["image"]} src={words.data.url} alt={paper.title} />}
      {words.data?.kind === "other" && <Empty title={t("record.documents.unreadable")} />}
      {paper.conclusion && (
        <section className={css["conclusion"]}>
          <h3>{t("record.documents.conclusion")}</h3>
          <p>{paper.conclusion}</p>
        </section>
      )}
      {results.error && <Failure cause={results.error} retry={() => void results.refetch()} />}
      {results.data && <ResultsTable series={seriesIn(results.data, i18n.language)} />}
      {!attachment && !paper.conclusion && paper.results.length === 0 && <Empty title={t("record.documents.unreadable")} />}
    </article>
  );
}
