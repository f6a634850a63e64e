//! An address in one line: where it is too long its beginning is cut, which many share, never its end.

import { parted } from "./canonicals";
import css from "./rows.module.css";

export function Address({ url, version }: { url: string; version?: string | undefined }) {
  const { begins, ends } = parted(url);
  return (
    <span className={css["address"]}>
      <span className={css["begins"]}>{begins}</span>
      <span className={css["ends"]}>
        {ends}
        {version && ` · ${version}`}
      </span>
    </span>
  );
}
