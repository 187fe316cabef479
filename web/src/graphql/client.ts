import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { consoleCache } from "./cache";
import { clockedFetch } from "./clock";
import { openSocket } from "./connection";
import { resuming } from "./resuming";

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
      consoleCache(),
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
