//! A card around one part of the record, with its skeleton, its failure, its emptiness, and its earlier pages.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Resource } from "../../fhir/types";
import { Card } from "../../parts/Card";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import type { Section } from "./useSection";

interface SectionCardProps {
  id: string;
  title: string;
  sections: Section<Resource>[];
  empty: string;
  emptyHelp?: string;
  count?: number;
  extra?: ReactNode;
  lines?: number;
  children: () => ReactNode;
}

export function SectionCard({ id, title, sections, empty, emptyHelp, count, extra, lines = 4, children }: SectionCardProps) {
  const { t } = useTranslation();
  const failed = sections.find(({ cause }) => cause);
  const reading = sections.some((section) => section.reading);
  const size = sections.reduce((sum, { items }) => sum + items.length, 0);
  const more = sections.find((section) => section.more)?.more;

  const body = () => {
    if (failed) return <Failure cause={failed.cause} retry={() => sections.forEach(({ retry }) => retry())} />;
    if (reading) return <Skeleton lines={lines} />;
    if (size === 0) return <Empty title={empty} help={emptyHelp} />;
    return children();
  };
  return (
    <Card id={id} title={title} count={reading ? undefined : (count ?? size)} extra={extra}>
      {body()}
      {more && !failed && (
        <button type="button" className={rows["fold"]} onClick={more}>
          {t("common.more")}
        </button>
      )}
    </Card>
  );
}
