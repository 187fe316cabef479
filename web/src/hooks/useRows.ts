import { useEffect, useMemo, useRef, useState } from "react";
import { useClient, type Client, type CombinedError } from "urql";
import { BriefingsBeforeDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import { arrivals } from "./arrivals";
import { loadDay, type Stretch } from "./dayPages";
import { marks, withMark } from "./marks";
import { useLive } from "./useLive";

const firstPage = 100;
// A greater page would cost more points than the server allows for one operation.
const page = 200;

export interface Rows {
  /** Oldest first. */
  rows: Briefing[];
  /** True until all are there. */
  loading: boolean;
  /** Why not all are there. */
  error: CombinedError | undefined;
  /** Goes on after an error, with the page that failed. */
  reload: () => void;
}

const drawEvery = 700; // milliseconds

// Loads from where an earlier load has failed, or from the beginning. It says with each page where
// the next one begins.
type Load<Next> = (
  client: Client, from: Next | null, add: (rows: Briefing[], next: Next | null) => void, ended: () => boolean,
) => Promise<CombinedError | undefined>;

// A small first page shows something at once; the others follow, from the newest to the oldest.
function requestPages(requestId: string): Load<string> {
  return async (client, from, add, ended) => {
    for (let before = from; !ended();) {
      const variables: { requestId: string; last: number; before: string | null } = { requestId, last: before ? page : firstPage, before };
      const { data, error } = await client.query(BriefingsBeforeDocument, variables, { requestPolicy: "network-only" }).toPromise();
      if (error || !data) return error;
      before = data.briefings.pageInfo.startCursor;
      add(data.briefings.edges.map((edge) => edge.node), before);
      if (!data.briefings.pageInfo.hasPreviousPage) return undefined;
    }
    return undefined;
  };
}

function useLoad<Next>(load: Load<Next> | null): Rows {
  const client = useClient();
  const [state, setState] = useState<Omit<Rows, "reload"> & { of: Load<Next> | null }>({ rows: [], loading: true, error: undefined, of: null });
  const [round, setRound] = useState(0);
  const kept = useRef<{ of: Load<Next> | null; all: Briefing[]; next: Next | null }>({ of: null, all: [], next: null });
  useEffect(() => {
    if (!load) return;
    let over = false;
    let shownAt = -Infinity;
    // The first round begins anew, a later one where the round before has failed.
    if (round === 0 || kept.current.of !== load) kept.current = { of: load, all: [], next: null };
    // A long list is drawn again only now and then while it grows, so that it scrolls meanwhile.
    const add = (rows: Briefing[], next: Next | null) => {
      if (over) return;
      kept.current = { of: load, all: merge(kept.current.all, rows), next };
      if (performance.now() - shownAt < drawEvery) return;
      shownAt = performance.now();
      setState({ rows: kept.current.all, loading: true, error: undefined, of: load });
    };
    void load(client, kept.current.next, add, () => over).then((error) => {
      if (!over) setState({ rows: kept.current.all, loading: false, error, of: load });
    });
    return () => { over = true; };
  }, [client, load, round]);
  useEffect(() => marks.listen((mark) => {
    kept.current = { ...kept.current, all: withMark(kept.current.all, mark) };
    setState((old) => ({ ...old, rows: withMark(old.rows, mark) }));
  }), []);
  const current = state.of === load ? state : { rows: [], loading: load !== null, error: undefined };
  const reload = () => {
    setState((old) => ({ ...old, loading: true, error: undefined }));
    setRound((n) => n + 1);
  };
  return { ...current, reload };
}

/** All briefings of a request. */
export function useRequestRows(requestId: string): Rows {
  return useLoad(useMemo(() => (requestId ? requestPages(requestId) : null), [requestId]));
}

/** All briefings of a day in the shop, of one camera or of all. */
export function useDayRows(username: string, date: string, cameraId: string | null): Rows {
  return useLoad(useMemo((): Load<Stretch[]> | null => {
    if (!username || !date) return null;
    return (client, from, add, ended) => loadDay(client, { username, date, cameraId }, from, add, ended);
  }, [username, date, cameraId]));
}

/** The rows together with the live briefings that arrived since and are ours. */
export function useFresh(rows: Rows, ours: (b: Briefing) => boolean): Rows {
  const live = useLive().briefings;
  const newest = live.at(-1)?.id;
  // The first screen keeps only its newest briefings. This list keeps all that it has seen.
  const [seen, setSeen] = useState<{ newest: string | undefined; all: Briefing[] }>({ newest: undefined, all: [] });
  if (seen.newest !== newest) setSeen({ newest, all: merge(seen.all, live) });
  useEffect(() => arrivals.listen((b) => { setSeen((old) => ({ ...old, all: merge(old.all, [b]) })); }), []);
  useEffect(() => marks.listen((mark) => { setSeen((old) => ({ ...old, all: withMark(old.all, mark) })); }), []);
  const { rows: stored } = rows;
  const { all } = seen;
  // A live copy may be from before a mark, so the stored one counts. The function is one of the
  // address: it changes only together with the stored rows.
  const together = useMemo(() => merge(all.filter(ours), stored), [stored, all]); // eslint-disable-line react-hooks/exhaustive-deps
  return { ...rows, rows: together };
}

// The place of the first row after a moment, in rows by time.
function placeAfter(rows: Briefing[], at: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(rows[middle]?.at ?? "") > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function precedes(a: Briefing | undefined, b: Briefing | undefined): boolean {
  return a !== undefined && b !== undefined && Date.parse(a.at) < Date.parse(b.at);
}

/** Both lists in one, each briefing once and as in the second list, by time and then by id. Both are in this order. */
export function merge(some: Briefing[], more: Briefing[]): Briefing[] {
  if (more.length === 0) return some;
  if (some.length === 0 || precedes(more.at(-1), some[0])) return [...more, ...some];
  if (precedes(some.at(-1), more[0])) return [...some, ...more];
  // A page of the middle of a day lies between two others.
  const place = placeAfter(some, Date.parse(more.at(-1)?.at ?? ""));
  if (precedes(some[place - 1], more[0])) return [...some.slice(0, place), ...more, ...some.slice(place)];
  const byId = new Map(some.map((b) => [b.id, b]));
  for (const b of more) byId.set(b.id, b);
  const key = new Map([...byId.values()].map((b) => [b.id, Date.parse(b.at)]));
  return [...byId.values()].sort((a, b) => (key.get(a.id) ?? 0) - (key.get(b.id) ?? 0) || (a.id < b.id ? -1 : 1));
}
