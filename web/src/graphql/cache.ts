import { cacheExchange, type Cache } from "@urql/exchange-graphcache";
import { NowDocument } from "./documents";
import type { BriefingRowFragment, BriefingsSubscription, NowQueryVariables, RequestChangedSubscription } from "./types";

/** How many briefings the first screen keeps. */
const kept = 40;

// addBriefing adds a briefing to the first screen of its request's user, once.
function addBriefing(cache: Cache, briefing: BriefingRowFragment) {
  for (const { fieldName, arguments: args } of cache.inspectFields("Query")) {
    if (fieldName !== "user") continue;
    cache.updateQuery({ query: NowDocument, variables: args as NowQueryVariables }, (data) => { // both name one user
      const edge = data?.user?.requests.edges[0];
      if (!data?.user || edge?.node.id !== briefing.requestId) return data;
      const { edges } = edge.node.briefings;
      if (edges.some(({ node }) => node.id === briefing.id)) return data;
      const briefings = { ...edge.node.briefings, edges: [...edges, { __typename: "BriefingEdge", node: briefing }].slice(-kept) };
      const requests = { ...data.user.requests, edges: [{ ...edge, node: { ...edge.node, briefings } }] };
      return { ...data, user: { ...data.user, requests } };
    });
  }
}

// forgetRequests makes every list of requests stale, whatever its arguments.
function forgetRequests(cache: Cache) {
  for (const { fieldName, fieldKey } of cache.inspectFields("Query")) {
    if (fieldName === "user" || fieldName === "requests") cache.invalidate("Query", fieldKey);
  }
}

const embedded = () => null;

/** The normalized cache: live briefings and starts reach every page through it. */
export const consoleCache = () => cacheExchange({
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
      startBriefing: (_result, _args, cache) => { forgetRequests(cache); },
      runNow: (result, _args, cache) => { addBriefing(cache, result.runNow as BriefingRowFragment); },
      deleteUserData: (_result, _args, cache) => { cache.invalidate("Query"); },
    },
    Subscription: {
      briefings(result, _args, cache) {
        addBriefing(cache, (result as BriefingsSubscription).briefings);
      },
      // A request that is new to this page makes the list of requests stale.
      requestChanged(result, _args, cache) {
        const { id } = (result as RequestChangedSubscription).requestChanged;
        if (!cache.resolve({ __typename: "Request", id }, "briefings", { last: kept })) {
          forgetRequests(cache);
        }
      },
    },
  },
});
