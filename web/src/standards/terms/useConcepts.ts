//! The concepts of a source, level by level and page by page as they come into view. What was asked for and is no longer
//! wanted is broken off; what stood there stays until the next answer, so that nothing flickers while one types.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { FhirError } from "../../fhir/errors";
import { getJson, postJson } from "../../fhir/http";
import type { Drawn } from "../common/window";
import { conceptsIn, type Expanded, expansion, type Level, type Page, type Request, type Source, totalOf } from "./ask";
import { below, codeOf, folded, layout, type LevelState, missing, type Path, ROOTS } from "./tree";

const PAGE = 100;
/** A level in which more have others below them is not asked for all of their names. */
const MOST_OPENING = 2_000;

function send(request: Request, signal: AbortSignal): Promise<Expanded> {
  return request.body ? postJson<Expanded>(request.path, request.body, { signal }) : getJson<Expanded>(request.path, signal);
}

interface State {
  /** What the levels are of. */
  of: string;
  levels: ReadonlyMap<Path, LevelState>;
  open: ReadonlyMap<Path, number>;
  /** Whether levels are a tree's, or one list of everything. */
  nested: boolean;
}

const NOTHING: State = { of: "", levels: new Map(), open: new Map(), nested: false };

function isBroken(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "AbortError";
}

/** A server that knows no filter on `parent` refuses it; then the codes are one list. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof FhirError && cause.trouble === "refused";
}

export function useConcepts(source: Source) {
  const key = JSON.stringify(source);
  const asTree = source.kind === "CodeSystem" && source.words === "";
  const [state, setState] = useState<State>(NOTHING);
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const work = useRef({ stop: new AbortController(), asked: new Set<string>(), key: "" });
  const fresh = state.of === key;

  const levelOf = useCallback((path: Path, nested: boolean): Level => {
    if (!nested) return { of: "everything" };
    return path === ROOTS ? { of: "roots" } : { of: "below", code: codeOf(path) };
  }, []);

  /** One page of one level; with the first, which of the level have others below. */
  const fetchPage = useCallback(
    async (path: Path, number: number, nested: boolean, signal: AbortSignal) => {
      const page: Page = { offset: number * PAGE, count: PAGE };
      const level = levelOf(path, nested);
      const opening = nested && number === 0 ? send(expansion(source, level, { offset: 0, count: MOST_OPENING }, true), signal) : undefined;
      const [answer, those] = await Promise.all([send(expansion(source, level, page), signal), opening]);
      const total = totalOf(answer, page);
      const isWhole = those !== undefined && totalOf(those, { offset: 0, count: 0 }) <= MOST_OPENING;
      return { total, page, concepts: conceptsIn(answer), opening: isWhole ? new Set(conceptsIn(those).map(({ code }) => code)) : undefined };
    },
    // The key is the source by its contents.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [key, levelOf],
  );

  // Another source: its first page.
  useEffect(() => {
    const stop = new AbortController();
    work.current = { stop, asked: new Set([`${ROOTS}\n0`]), key };
    setError(undefined);
    const begin = async () => {
      const top = await fetchPage(ROOTS, 0, asTree, stop.signal).catch((cause: unknown) => {
        if (!asTree || !isRefusal(cause)) throw cause;
        return undefined;
      });
      // Nothing at the top may be a system in which each code stands below another.
      const first = top && (top.total > 0 || !asTree) ? top : await fetchPage(ROOTS, 0, false, stop.signal);
      const nested = asTree && first === top && first.opening?.size !== 0;
      const rows = new Map(first.concepts.map((concept, at) => [at, concept]));
      const opening = nested ? first.opening : new Set<string>();
      setState({ of: key, levels: new Map([[ROOTS, { total: first.total, rows, opening }]]), open: new Map(), nested });
    };
    begin().catch((cause: unknown) => {
      if (!isBroken(cause)) setError(cause);
    });
    return () => stop.abort();
  }, [key, asTree, fetchPage, attempt]);

  const shape = useMemo(() => layout(state.levels, state.open), [state.levels, state.open]);

  const [range, setRange] = useState<Drawn>({ first: 0, end: 0 });
  useEffect(() => {
    if (!fresh) return;
    const { stop, asked } = work.current;
    for (const { path, page } of missing(shape, state.levels, range.first, range.end, PAGE)) {
      const name = `${path}\n${page}`;
      if (asked.has(name)) continue;
      asked.add(name);
      fetchPage(path, page, state.nested, stop.signal).then(
        (got) => setState((before) => (before.of === key ? withPage(before, path, got) : before)),
        (cause: unknown) => {
          if (!isBroken(cause)) setError(cause);
        },
      );
    }
  }, [fresh, key, shape, state.levels, state.nested, range, fetchPage]);

  /** Unfolds or folds; answers the row to go to, as the side arrows of a tree do. */
  const fold = useCallback(
    (row: number, wanted?: boolean): number | undefined => {
      const found = shape.at(row);
      if (!found?.concept) return undefined;
      const path = below(found.path, found.concept.code);
      const open = wanted ?? !found.open;
      if (open && found.opens && !found.open) setState((before) => ({ ...before, open: new Map([...before.open, [path, found.place]]) }));
      else if (open) return found.open ? row + 1 : undefined;
      else if (found.open) setState((before) => ({ ...before, open: folded(before.open, path) }));
      else if (found.path !== ROOTS) {
        const place = state.open.get(found.path);
        const at = found.path.lastIndexOf("\t");
        return place === undefined ? undefined : shape.find(at < 0 ? ROOTS : found.path.slice(0, at), place);
      }
      return undefined;
    },
    [shape, state.open],
  );

  const again = useCallback(() => setAttempt((n) => n + 1), []);
  return { shape, total: state.levels.get(ROOTS)?.total, nested: state.nested, fresh, known: state !== NOTHING, list: state.of, error, again, fold, onDrawn: setRange };
}

interface Got {
  total: number;
  page: Page;
  concepts: ReturnType<typeof conceptsIn>;
  opening: ReadonlySet<string> | undefined;
}

function withPage(before: State, path: Path, { total, page, concepts, opening }: Got): State {
  const level = before.levels.get(path);
  const rows = new Map(level?.rows ?? []);
  concepts.forEach((concept, at) => rows.set(page.offset + at, concept));
  const next: LevelState = { total, rows, opening: level ? level.opening : opening };
  return { ...before, levels: new Map([...before.levels, [path, next]]) };
}
