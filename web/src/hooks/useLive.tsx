import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { useClient, useQuery, useSubscription, type CombinedError } from "urql";
import { BriefingsDocument, NowDocument, RequestChangedDocument, RequestDocument } from "../graphql/documents";
import type { Briefing } from "../graphql/reading";
import type { CameraNowFragment, NowQuery, RequestRowFragment } from "../graphql/types";
import { setZone } from "../i18n/format";
import { arrivals } from "./arrivals";
import { recall, remember } from "./lastState";
import { useUser } from "./useUser";

export interface LiveState {
  user: NonNullable<NowQuery["user"]> | null;
  /** The user's latest request, active or ended. */
  request: RequestRowFragment | null;
  /** Its newest briefings, oldest first. */
  briefings: Briefing[];
  camera: CameraNowFragment | null;
  /** The author of the sentences, if the server says so. */
  wording: string | undefined;
  loading: boolean;
  error: CombinedError | undefined;
  /** True if the server was not reached, and this is what was stored on this device. */
  stale: boolean;
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
  const user = now.data?.user ?? null;
  const first = user?.requests.edges[0]?.node ?? null;
  useSubscription({ query: RequestChangedDocument, variables: { username }, pause: !user });
  const request = first;
  const briefings = first?.briefings.edges.map((edge) => edge.node) ?? [];
  setZone(now.data?.about?.timeZone);

  useEffect(() => {
    // After a change of the name, the old name's data is here for a moment.
    if (request?.username !== username) return;
    const { briefings, ...row } = request;
    remember({ username, request: row, briefings: briefings.edges.slice(-1).map((edge) => edge.node) });
  }, [username, request]);

  const offline = !now.data && now.error?.networkError != null;
  const stored = offline ? recall(username) : null;
  const reload = () => { again({ requestPolicy: "network-only" }); };
  useRetry(offline, reload);

  const state: LiveState = {
    user,
    request: request ?? stored?.request ?? null,
    briefings: briefings.length > 0 ? briefings : (stored?.briefings ?? []),
    camera: now.data?.camera ?? null,
    wording: now.data?.about?.wording,
    loading: now.fetching && !now.data,
    error: now.data ? undefined : now.error,
    stale: stored !== null,
    reload,
  };
  return (
    <Context value={state}>
      {first && <Feed key={first.id} requestId={first.id} after={first.briefings.edges.at(-1)?.node.cursor} />}
      {children}
    </Context>
  );
}

const countsAfter = 200; // milliseconds

// Feed subscribes to one request, from the last briefing that was read. Later ones are added to the
// cache; the socket's helper moves the cursor forward over breaks. The request's counts are read
// again after the last of several briefings.
function Feed({ requestId, after }: { requestId: string; after: string | undefined }) {
  const client = useClient();
  const [from] = useState(after);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const live = client.subscription(BriefingsDocument, { requestId, after: from }).subscribe(({ data }) => {
      if (!data) return;
      arrivals.add(data.briefings);
      clearTimeout(timer);
      timer = setTimeout(() => { void client.query(RequestDocument, { requestId }, { requestPolicy: "network-only" }).toPromise(); }, countsAfter);
    });
    return () => {
      clearTimeout(timer);
      live.unsubscribe();
    };
  }, [client, requestId, from]);
  return null;
}

function useRetry(failed: boolean, retry: () => void) {
  useEffect(() => {
    if (!failed) return;
    const timer = setInterval(retry, 5_000);
    window.addEventListener("online", retry);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", retry);
    };
  });
}
