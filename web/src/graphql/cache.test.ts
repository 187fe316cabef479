import { Client, type Exchange, type Operation, type OperationResult } from "@urql/core";
import { expect, it } from "vitest";
import { waitFor } from "@testing-library/react";
import { filter, map, pipe, subscribe, makeSubject, merge, type Source } from "wonka";
import { aBriefing, aCamera, aRequest } from "../test/builders";
import { consoleCache } from "./cache";
import { BriefingsDocument, NowDocument, RequestChangedDocument, StartDocument } from "./documents";
import { ProvidersDocument } from "./pageDocuments";
import type { Briefing } from "./reading";

const requestId = "f".repeat(24);

const shop = {
  about: { __typename: "About", timeZone: "Asia/Seoul", wording: "template" },
};

// A client whose server has one user with the given requests, and pushes what the test says.
function consoleClient(server: { requests: unknown[] }) {
  const pushed = makeSubject<{ kind: string; data: unknown }>();
  const asked: string[] = [];
  const answer = (operation: Operation): unknown => {
    const name = (operation.query.definitions[0] as { name?: { value: string } }).name?.value ?? ""; // operations come first
    asked.push(name);
    if (name === "Now") return { __typename: "Query", ...shop, user: { __typename: "User", id: "u", username: "kim", custom: [], seenAt: null, activeRequests: [], requests: { __typename: "RequestConnection", edges: server.requests.map((node) => ({ __typename: "RequestEdge", node })) } } };
    if (name === "Providers") return { __typename: "Query", providers: ["a", "b"].map((model) => ({ __typename: "Provider", id: "one.example.com", model, seesPictures: null, medianMs: null, state: "OK", lastError: null })) };
    return { __typename: "Mutation", startBriefing: server.requests[0] };
  };
  const network: Exchange = () => (operations) => {
    const results = pipe(operations, filter((o) => o.kind === "query" || o.kind === "mutation"), map((operation) => ({ operation, data: answer(operation), error: undefined, extensions: undefined, stale: false, hasNext: false })));
    const live = pipe(operations, filter((o) => o.kind === "subscription"), map((operation) => operation));
    const out = makeSubject<OperationResult>();
    const subscriptions = new Map<string, Operation>();
    pipe(live, subscribe((operation) => { subscriptions.set((operation.query.definitions[0] as { name?: { value: string } }).name?.value ?? "", operation); })); // operations come first
    pipe(pushed.source, subscribe(({ kind, data }) => {
      const operation = subscriptions.get(kind);
      if (operation) out.next({ operation, data, error: undefined, extensions: undefined, stale: false, hasNext: true });
    }));
    return merge([results as Source<OperationResult>, out.source]);
  };
  const client = new Client({ url: "http://x/graphql", preferGetMethod: false, exchanges: [consoleCache(), network] });
  return { client, asked, push: (kind: string, data: unknown) => { pushed.next({ kind, data }); } };
}

const typed = (b: Briefing) => ({ __typename: "Briefing", ...b, counts: b.counts.map((c) => ({ __typename: "ObjectCount", ...c })), made: b.made && { __typename: "Made", ...b.made } });
const request = (...rows: Briefing[]) => ({
  __typename: "Request", ...aRequest(),
  camera: { __typename: "Camera", ...aCamera(), health: { __typename: "CameraHealth", ...aCamera().health } },
  ticks: { __typename: "TickCounts", done: 0, skipped: 0, missed: 0, unchanged: 0 },
  briefings: { __typename: "BriefingConnection", edges: rows.map((b) => ({ __typename: "BriefingEdge", node: typed(b) })) },
});

function watch(client: Client) {
  let shown: string[] = [];
  pipe(client.query(NowDocument, { username: "kim" }), subscribe((r) => {
    shown = r.data?.user?.requests.edges[0]?.node.briefings.edges.map((e) => e.node.at.slice(11, 16)) ?? [];
  }));
  return () => shown;
}

it("adds live briefings once, also to a request that had none", async () => {
  const { client, push } = consoleClient({ requests: [request()] });
  const shown = watch(client);
  pipe(client.subscription(BriefingsDocument, { requestId }), subscribe(() => undefined));
  const first = typed(aBriefing("14:01", 1));
  push("Briefings", { __typename: "Subscription", briefings: first });
  push("Briefings", { __typename: "Subscription", briefings: first });
  push("Briefings", { __typename: "Subscription", briefings: typed(aBriefing("14:02", 2)) });
  await waitFor(() => { expect(shown()).toEqual(["14:01", "14:02"]); });
});

it("reads the requests again after a start, and after a start elsewhere", async () => {
  const server: { requests: unknown[] } = { requests: [] };
  const { client, asked, push } = consoleClient(server);
  const now = () => asked.filter((name) => name === "Now").length;
  let edges = -1;
  pipe(client.query(NowDocument, { username: "kim" }), subscribe((r) => { edges = r.data?.user?.requests.edges.length ?? -1; }));
  pipe(client.subscription(RequestChangedDocument, { username: "kim" }), subscribe(() => undefined));
  expect([edges, now()]).toEqual([0, 1]);
  server.requests = [request()];
  await client.mutation(StartDocument, { input: { username: "kim", interval: 60, endTime: "18:30" } }).toPromise();
  await waitFor(() => { expect([edges, now()]).toEqual([1, 2]); });
  const { briefings, ...other } = { ...request(), id: "e".repeat(24) };
  expect(briefings.edges).toEqual([]);
  push("RequestChanged", { __typename: "Subscription", requestChanged: other });
  await waitFor(() => { expect(now()).toBe(3); });
});

it("has both providers of one host", () => {
  const { client } = consoleClient({ requests: [] });
  const models: string[][] = [];
  pipe(client.query(ProvidersDocument, {}), subscribe((r) => { models.push(r.data?.providers.map(({ model }) => model) ?? []); }));
  expect(models).toEqual([["a", "b"]]);
});
