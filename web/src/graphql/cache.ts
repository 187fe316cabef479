import { gql } from "@urql/core";
import { cacheExchange, type Cache } from "@urql/exchange-graphcache";
import type { BriefingRowFragment, BriefingsSubscription, RequestChangedSubscription } from "./types";

/** How many briefings the first screen keeps of the request that it shows. */
export const kept = 40;

interface Newest { id: string; briefings: { __typename: string; edges: { __typename: string; node: { __typename: string; id: string } }[] } }
const newest = gql<Newest>("fragment Newest on Request { id briefings(last: $last) { edges { node { id } } } }");

// addBriefing adds a briefing to its request, once: to the newest ones, and to the newest one.
function addBriefing(cache: Cache, { id, requestId }: BriefingRowFragment) {
  for (const last of [kept, 1]) {
    const known = cache.readFragment(newest, { __typename: "Request", id: requestId }, { last });
    if (!known || known.briefings.edges.some(({ node }) => node.id === id)) continue;
    const edges = [...known.briefings.edges, { __typename: "BriefingEdge", node: { __typename: "Briefing", id } }].slice(-last);
    cache.writeFragment(newest, { ...known, briefings: { ...known.briefings, edges } }, { last });
  }
}

// forgetRequests makes every list of requests stale, whatever its arguments.
function forgetRequests(cache: Cache) {
  for (const { fieldName, fieldKey } of cache.inspectFields("Query")) {
    if (fieldName === "user" || fieldName === "requests") cache.invalidate("Query", fieldKey);
  }
}

// forgetCameras makes every list of cameras stale.
function forgetCameras(cache: Cache) {
  for (const { fieldName, fieldKey } of cache.inspectFields("Query")) {
    if (fieldName === "cameras") cache.invalidate("Query", fieldKey);
  }
}

// The types without ids of their own. Two providers may have one host, which is their id.
const embedded = ("TickCounts ObjectCount Summary LoginPayload PageInfo RequestConnection RequestEdge BriefingConnection BriefingEdge " +
  "Facts FactCount Made CameraHealth About OccupancyPoint StylePreview DeleteUserDataPayload Zone Polygon Point ProviderEgress " +
  "SaveCameraPayload DeleteCameraPayload CameraTest FrameToken Box Tiles Counting Figures HourFigure Advice SaidLine SaidSlot " +
  "RefusedText Usage UsageDay StyleSheet SheetLines SheetLine StyleNote StyleSample SaveStylePayload Provider").split(" ");

/** The normalized cache: live briefings and starts reach every page through it. */
export const consoleCache = () => cacheExchange({
  keys: Object.fromEntries(embedded.map((name) => [name, () => null])),
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
      saveCamera: (_result, _args, cache) => { forgetCameras(cache); },
      deleteCamera: (_result, _args, cache) => { forgetCameras(cache); },
      deleteUserData: (_result, _args, cache) => { cache.invalidate("Query"); },
    },
    Subscription: {
      briefings(result, _args, cache) {
        addBriefing(cache, (result as BriefingsSubscription).briefings);
      },
      // A request that is new to this page makes the list of requests stale.
      requestChanged(result, _args, cache) {
        const { id } = (result as RequestChangedSubscription).requestChanged;
        const request = { __typename: "Request", id };
        if (![kept, 1].some((last) => cache.resolve(request, "briefings", { last }))) {
          forgetRequests(cache);
        }
      },
    },
  },
});
