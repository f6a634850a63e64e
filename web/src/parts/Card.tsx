//! A titled part of a page.

import type { ReactNode } from "react";
import css from "./card.module.css";

interface CardProps {
  id?: string;
  title: string;
  count?: number;
  extra?: ReactNode;
  children: ReactNode;
}

export function Card({ id, title, count, extra, children }: CardProps) {
  return (
    <section className={css["card"]} id={id} aria-label={title}>
      <header className={css["head"]}>
        <h2 className={css["title"]}>{title}</h2>
        {count !== undefined && count > 0 && <span className={css["count"]}>{count}</span>}
        {extra && <div className={css["extra"]}>{extra}</div>}
      </header>
      {children}
    </section>
  );
}
