import { cacheExchange, type Cache } from "@urql/exchange-graphcache";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { clockedFetch } from "./clock";
import { openSocket } from "./connection";
import { absent, LiveDocument } from "./documents";
import { resuming } from "./resuming";
import type { BriefingRowFragment, BriefingsSubscription, RequestChangedSubscription } from "./types";

/** How many briefings the first screen keeps. */
const kept = 40;

/** Reports whether this server has a field, such as `Mutation.runNow`. */
export const offers = (field: string) => !absent.has(field);

// addBriefing adds a briefing to what is shown of its request, once.
function addBriefing(cache: Cache, briefing: BriefingRowFragment) {
  cache.updateQuery({ query: LiveDocument, variables: { requestId: briefing.requestId } }, (data) => {
    const edges = data?.request?.briefings.edges;
    if (!data?.request || !edges || edges.some((edge) => edge.node.id === briefing.id)) return data;
    const briefings = { ...data.request.briefings, edges: [...edges, { node: briefing }].slice(-kept) };
    return { ...data, request: { ...data.request, briefings } };
  });
}

const embedded = () => null;

const cache = cacheExchange({
  keys: {
    TickCounts: embedded, ObjectCount: embedded, Summary: embedded, LoginPayload: embedded, PageInfo: embedded,
    RequestConnection: embedded, RequestEdge: embedded, BriefingConnection: embedded, BriefingEdge: embedded,
    Facts: embedded, FactCount: embedded, Made: embedded, CameraHealth: embedded, About: embedded,
    OccupancyPoint: embedded, StylePreview: embedded, DeleteUserDataPayload: embedded,
    Figures: embedded, HourFigure: embedded, Advice: embedded,
  },
  resolvers: {
    Query: {
      request: (_parent, args) => ({ __typename: "Request", id: args.id }),
      briefing: (_parent, args) => ({ __typename: "Briefing", id: args.id }),
    },
  },
  updates: {
    Mutation: {
      startBriefing: (_result, _args, cache) => { cache.invalidate("Query", "user"); },
      runNow: (result, _args, cache) => { addBriefing(cache, result.runNow as BriefingRowFragment); },
      deleteUserData: (_result, _args, cache) => { cache.invalidate("Query"); },
    },
    Subscription: {
      briefings(result, _args, cache) {
        addBriefing(cache, (result as BriefingsSubscription).briefings);
      },
      // A request that is new to this page makes the list of requests stale.
      requestChanged(result, args, cache) {
        const { id } = (result as RequestChangedSubscription).requestChanged;
        if (!cache.resolve({ __typename: "Request", id }, "briefings", { last: kept })) {
          cache.invalidate("Query", "user", { username: args.username as string });
        }
      },
    },
  },
});

/** The one client of the pages. */
export function createConsoleClient(): Client {
  const url = new URL("/graphql", location.href);
  const ws = new URL(url);
  ws.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = resuming(openSocket(ws.href));
  return new Client({
    url: url.href,
    preferGetMethod: false,
    fetch: clockedFetch,
    exchanges: [
      cache,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ query: request.query ?? "", variables: request.variables }, {
              next: (result) => { sink.next(result as Parameters<typeof sink.next>[0]); }, // the packages name one shape differently
              error: (err) => { sink.error(err); },
              complete: () => { sink.complete(); },
            }),
          }),
        }),
      }),
    ],
  });
}
