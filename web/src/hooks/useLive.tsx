import { createContext, lazy, Suspense, use, useCallback, useEffect, useState, type ReactNode } from "react";
import { useClient, useQuery, type CombinedError } from "urql";
import { useSearchParams } from "wouter";
import { kept } from "../graphql/cache";
import { AboutDocument, BriefingsDocument, NowDocument, RequestChangedDocument, RequestDocument, WatchedDocument } from "../graphql/documents";
import { follow } from "../graphql/follow";
import type { Briefing } from "../graphql/reading";
import { pauseAfter } from "../graphql/retry";
import type { CameraNowFragment, NowQuery, RequestRowFragment } from "../graphql/types";
import { setZone } from "../i18n/format";
import { arrivals } from "./arrivals";
import { forget, recall, recallZone, remember, rememberZone } from "./lastState";
import { useConnection } from "./useConnection";
import { useUser } from "./useUser";

const OtherFeeds = lazy(() => import("./OtherFeeds"));

type User = NonNullable<NowQuery["user"]>;
export type ActiveRequest = User["activeRequests"][number];

export interface LiveState {
  user: User | null;
  /** The active requests. Those whose cameras need attention come first, then the newest. */
  active: ActiveRequest[];
  /**
   * The active request of the camera in the address, or else the first of the active ones, or else
   * the latest.
   */
  request: RequestRowFragment | null;
  /** Its newest briefings, oldest first. */
  briefings: Briefing[];
  camera: CameraNowFragment | null;
  /** The author of the sentences, if the server says so. */
  wording: string | undefined;
  loading: boolean;
  /** Why the latest answer has no user. What was known before stays. */
  error: CombinedError | undefined;
  /** True if this is what was known before the error, here or stored on this device. */
  stale: boolean;
  /** True while a stream that the server ended waits to begin again. */
  interrupted: boolean;
  reload: () => void;
}

const Context = createContext<LiveState | null>(null);

/** What is going on in the shop, shared by all pages. */
export function useLive(): LiveState {
  const live = use(Context);
  if (!live) throw new Error("useLive outside of LiveProvider");
  return live;
}

/** Reads the latest request once, and stays up to date by subscriptions over one socket. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const username = useUser();
  const [now, again] = useQuery({ query: NowDocument, variables: { username }, pause: !username });
  // Without a name the shop's zone is asked for alone.
  const [about] = useQuery({ query: AboutDocument, pause: username !== "" });
  const reload = useCallback(() => { again({ requestPolicy: "network-only" }); }, [again]);
  const error = username ? now.error : undefined;
  const failed = now.data?.user ? undefined : error;
  const data = useGood(username, !username || now.fetching || failed ? undefined : now.data);
  const user = data?.user ?? null;
  const latest = user?.requests.edges[0]?.node;
  const active = byNeed(user?.activeRequests ?? []);
  const wanted = useSearchParams()[0].get("camera");
  const request = active.find((r) => r.camera.id === wanted) ?? active[0] ?? latest ?? null;
  const isLatest = request?.id === latest?.id;
  const [watched] = useQuery({ query: WatchedDocument, variables: { requestId: request?.id ?? "", last: kept }, pause: isLatest });
  const first = isLatest ? latest : watched.data?.request;
  const briefings = (first ?? request)?.briefings.edges.map((edge) => edge.node) ?? [];
  const zone = data?.about?.timeZone ?? about.data?.about?.timeZone;
  setZone(zone ?? recallZone());
  useEffect(() => { rememberZone(zone); }, [zone]);

  useEffect(() => {
    // The data was deleted, or another tab forgot the name while this one stored its last state.
    if (data ? !data.user : !username) forget();
    if (!request) return;
    const { briefings, ...row } = request;
    remember({ username, request: row, briefings: briefings.edges.slice(-1).map((edge) => edge.node) });
  }, [username, request, data]);

  const pause = error ? pauseAfter(error) : 0;
  const stored = !data && failed && pause > 0 ? recall(username) : null;
  // Where no socket opens, as behind some proxies, the page asks now and then.
  const deaf = useConnection() === "reconnecting" && user ? 10_000 : 0;
  useRetry(pause || deaf, reload);
  const streams = useStreams(username, user !== null, reload);

  const state: LiveState = {
    user,
    active,
    request: request ?? stored?.request ?? null,
    briefings: briefings.length > 0 ? briefings : (stored?.briefings ?? []),
    camera: request?.camera ?? null,
    wording: data?.about?.wording,
    loading: now.fetching && !data && !failed,
    error: failed,
    stale: stored !== null || (failed !== undefined && data !== undefined),
    interrupted: streams.interrupted,
    reload,
  };
  return (
    <Context value={state}>
      {first && <Feed key={`${first.id} ${String(streams.round)}`} requestId={first.id} after={first.briefings.edges.at(-1)?.node.cursor} onBroken={streams.broken} />}
      {active.length > 1 && <Suspense fallback={null}><OtherFeeds key={streams.round} username={username} requests={active.filter((r) => r !== request)} onBroken={streams.broken} /></Suspense>}
      {children}
    </Context>
  );
}

// The active ones of these requests. A camera that shows nothing useful needs attention.
function byNeed(requests: ActiveRequest[]): ActiveRequest[] {
  const well = (r: ActiveRequest) => Number(/^(OK|UNKNOWN)$/.test(r.camera.health.state));
  return requests.filter((r) => r.active).sort((a, b) => well(a) - well(b));
}

// The last good answer for this name. An answer in trouble does not replace it.
function useGood(username: string, data: NowQuery | undefined): NowQuery | undefined {
  const [good, setGood] = useState<{ username: string; data: NowQuery }>();
  if (data && (data !== good?.data || username !== good.username)) setGood({ username, data });
  return data ?? (good?.username === username ? good.data : undefined);
}

// Follows the changes of the user's requests, and counts the rounds of both streams. After one was
// ended by the server, the next round begins with what is stored by then.
function useStreams(username: string, open: boolean, reload: () => void) {
  const client = useClient();
  const [round, setRound] = useState(0);
  const [pause, setPause] = useState(0);
  const broken = useCallback((error?: CombinedError) => { setPause((error ? pauseAfter(error) : 0) || 5_000); }, []);
  useEffect(() => {
    if (!open) return;
    return follow(client.subscription(RequestChangedDocument, { username }), () => undefined, (error) => {
      if (!error) reload(); // as after the data was deleted on another device
      broken(error);
    });
  }, [client, username, open, round, reload, broken]);
  useEffect(() => {
    if (!pause || !username) return;
    let over = false;
    const timer = setTimeout(() => {
      void client.query(NowDocument, { username }, { requestPolicy: "network-only" }).toPromise().then(() => {
        if (over) return;
        setPause(0);
        setRound((n) => n + 1);
      });
    }, pause);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [client, username, pause]);
  return { round, interrupted: open && pause > 0, broken };
}

const countsAfter = 200; // milliseconds

interface FeedProps {
  requestId: string;
  after: string | undefined;
  onBroken: (error: CombinedError) => void;
}

/**
 * Subscribes to one request, from the last briefing that was read. Later ones are added to the
 * cache; the socket's helper moves the cursor forward over breaks. The request's counts are read
 * again after the last of several briefings. A stream without an error ends with its request.
 */
export function Feed({ requestId, after, onBroken }: FeedProps) {
  const client = useClient();
  const [from] = useState(after);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = follow(client.subscription(BriefingsDocument, { requestId, after: from }), ({ briefings }) => {
      arrivals.add(briefings);
      clearTimeout(timer);
      timer = setTimeout(() => { void client.query(RequestDocument, { requestId }, { requestPolicy: "network-only" }).toPromise(); }, countsAfter);
    }, (error) => { if (error) onBroken(error); });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [client, requestId, from, onBroken]);
  return null;
}

function useRetry(pause: number, retry: () => void) {
  useEffect(() => {
    if (!pause) return;
    const timer = setInterval(retry, pause);
    window.addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", retry);
    };
  }, [pause, retry]);
}
