// The tested clients: the unchanged packages with default options, and with the samples of
// docs/clients.md.
import { gql } from "@apollo/client";
import { EventSource } from "eventsource";
import * as sse from "graphql-sse";
import * as ws from "graphql-ws";
import WebSocket from "ws";

// A browser's WebSocket does not throw an error without a listener, for instance when it is closed
// while it connects.
class QuietWebSocket extends WebSocket {
  constructor(...args) {
    super(...args);
    this.on("error", () => {}); // close follows
  }
}

// Browsers have these two; the samples are written for them.
Object.assign(globalThis, { EventSource, WebSocket: QuietWebSocket });
const { SubscriptionClient } = await import("subscriptions-transport-ws");

const fields = "id cursor caption";
const byRequest = `subscription ($requestId: ID!, $after: Cursor) { briefings(requestId: $requestId, after: $after) { ${fields} } }`;
const byUser = `subscription ($username: String!, $after: Cursor) { reloadBriefing(username: $username, after: $after) { ${fields} } }`;
const byStart = `subscription ($input: StartBriefingInput!, $after: Cursor) { startBriefing(input: $input, after: $after) { ${fields} } }`;

// Here a client is a function that follows a request and returns a function that stops it. asked
// has the variables of the subscription; sink gets each briefing (next), each error (error), and
// the end (complete).

// resuming are the clients of docs/clients.md.
export async function resuming(sample) {
  const one = async (name, kind) => kind((await sample(name)).client);
  return {
    "graphql-ws": await one("graphql-ws.mjs", plain),
    "graphql-ws, once more on the same socket": await one("graphql-ws.mjs", plain),
    "@apollo/client over graphql-ws": await one("apollo.mjs", apollo),
    "@urql/core over graphql-ws": await one("urql-ws.mjs", urql),
    "@urql/core over SSE": await one("urql-sse.mjs", urql),
    "graphql-sse": await one("graphql-sse.mjs", plain),
    "graphql-sse, single connection": await one("graphql-sse-single.mjs", plain),
    "graphql-sse, once more on the same connection": await one("graphql-sse-single.mjs", plain),
    "subscriptions-transport-ws": await one("old-apollo.mjs", old),
    EventSource: eventSource((await sample("event-source.mjs")).follow),
  };
}

// forgetful are clients without a helper, one per protocol: after a break they start again from the
// first briefing.
export function forgetful(host) {
  const socket = `ws://${host}/graphql`;
  const stream = `http://${host}/graphql`;
  return {
    "graphql-transport-ws": plain(ws.createClient({ url: socket })),
    "the older graphql-ws": old(new SubscriptionClient(socket, { reconnect: true })),
    "SSE, distinct connections": plain(sse.createClient({ url: stream })),
    "SSE, single connection": plain(sse.createClient({ url: stream, singleConnection: true })),
  };
}

// plain follows with a client of graphql-ws or graphql-sse.
export const plain = (client) => ({ requestId }, sink) =>
  client.subscribe({ query: byRequest, variables: { requestId } }, taking(sink));

// starting follows by the subscription that also starts the request.
export const starting = (client) => ({ input }, sink) => client.subscribe({ query: byStart, variables: { input } }, taking(sink));

const apollo = (client) => ({ requestId }, sink) => {
  const results = client.subscribe({ query: gql(byRequest), variables: { requestId } });
  const observer = { ...sink, next: ({ data, error }) => take({ data, errors: error }, sink) };
  const subscription = results.subscribe(observer);
  return () => subscription.unsubscribe();
};

// urql reports the end by the last result once more, with hasNext false.
const urql = (client) => ({ username }, sink) => {
  const results = client.subscription(byUser, { username });
  const { unsubscribe } = results.subscribe(({ data, error, hasNext }) => {
    if (hasNext || error) take({ data, errors: error }, sink);
    else sink.complete();
  });
  return unsubscribe;
};

const old = (client) => ({ username }, sink) => {
  client.request({ query: byUser, variables: { username } }).subscribe(taking(sink));
  return () => client.close();
};

const eventSource = (follow) => ({ requestId }, sink) => {
  const source = follow(requestId, sink);
  return () => source.close();
};

// patient is an EventSource that ignores `complete`: it reconnects once more and must then be
// stopped by the server.
export const patient = (url) => ({ requestId }, sink) => {
  const params = new URLSearchParams({ query: byRequest, variables: JSON.stringify({ requestId }) });
  const source = new EventSource(`${url}?${params}`);
  source.addEventListener("next", (event) => take(JSON.parse(event.data), sink));
  source.addEventListener("error", (event) => {
    if (source.readyState !== EventSource.CLOSED) return;
    if (event.code === 204) sink.complete();
    else sink.error(new Error(`EventSource gave up: ${event.message}`));
  });
  return () => source.close();
};

const taking = (sink) => ({ ...sink, next: (result) => take(result, sink) });

// take passes on the briefing of a result.
function take({ data, errors }, sink) {
  if (errors) sink.error(errors);
  else for (const briefing of Object.values(data)) sink.next(briefing);
}
