import type { Client } from "graphql-ws";

/** A graphql-ws client that resumes after the last briefing, as docs/clients.md describes. */
export function resuming(client: Client): Pick<Client, "subscribe"> {
  const subscribe: Client["subscribe"] = (request, sink) => {
    const variables: Record<string, unknown> = { ...request.variables };
    return client.subscribe({ ...request, variables }, {
      next(result) {
        sink.next(result as Parameters<typeof sink.next>[0]); // the type parameters of both are one
        for (const root of Object.values(result.data ?? {})) variables.after = cursorOf(root) ?? variables.after;
      },
      error: (err) => { sink.error(err); },
      complete: () => { sink.complete(); },
    });
  };
  return { subscribe };
}

function cursorOf(root: unknown): unknown {
  return typeof root === "object" && root !== null && "cursor" in root ? root.cursor : undefined;
}
