//! The URL is the truth: what is open or filtered stands in it, so that it can be reloaded and shared.

import { useCallback } from "react";
import { useSearchParams } from "react-router";

/**
 * The parameters as they are now. What the router hands to a setter is what was last drawn: of two changes in one moment
 * the second would undo the first.
 */
export function parametersNow(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}

export function useUrlParam(name: string): [string | undefined, (value: string | undefined) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string | undefined) => {
      setParams(
        () => {
          const after = parametersNow();
          if (value) after.set(name, value);
          else after.delete(name);
          return after;
        },
        { replace: value === undefined },
      );
    },
    [name, setParams],
  );
  return [params.get(name) ?? undefined, set];
}

/** Sets several parameters in one step of the history. */
export function useUrlParams(): (values: Record<string, string | undefined>) => void {
  const [, setParams] = useSearchParams();
  return useCallback(
    (values) =>
      setParams(() => {
        const after = parametersNow();
        for (const [name, value] of Object.entries(values)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      }),
    [setParams],
  );
}
