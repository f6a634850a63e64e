//! j, k, Enter over the rows of a table, with the row in sight.

import { useEffect, useRef } from "react";
import { useListKeys } from "../../../residents/search/useListKeys";

export function useRowKeys(size: number, open: (at: number) => void, focusBox: () => void = () => undefined) {
  const [here] = useListKeys({ size, open, focusBox });
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    if (here >= 0) body.current?.rows[here]?.scrollIntoView({ block: "nearest" });
  }, [here]);
  return { here, body };
}
