//! One part of the printed summary. A part that could not be read says so: on paper silence would look like nothing.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Resource } from "../../fhir/types";
import type { Section } from "../record/useSection";
import css from "./print.module.css";

export interface PartRow {
  key: string;
  cells: ReactNode[];
  strong?: boolean;
}

export function Part({ title, section, rows, empty }: { title: string; section: Section<Resource>; rows: PartRow[]; empty: string }) {
  const { t } = useTranslation();
  return (
    <section className={css["part"]}>
      <h2>{title}</h2>
      {section.cause || section.reading ? (
        <p>⚠ {t("record.print.unread")}</p>
      ) : rows.length === 0 ? (
        <p>{empty}</p>
      ) : (
        <table className={css["rows"]}>
          <tbody>
            {rows.map(({ key, cells, strong }) => (
              <tr key={key} data-strong={strong}>
                {cells.map((cell, at) => (
                  <td key={at}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
