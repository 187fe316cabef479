import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { Provider, type Client, type GraphQLRequest } from "urql";
import { filter, fromValue, makeSubject, merge, never, pipe, subscribe, take, takeUntil, toPromise, type Source } from "wonka";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { LiveProvider } from "../hooks/useLive";
import { ToastProvider } from "../hooks/useToast";

/** An answer by the name of its operation: data, an error, or a function of the variables. */
export type Answers = Record<string, unknown>;

interface Sent { name: string; variables: unknown }

const nameOf = (request: GraphQLRequest) => {
  const definition = request.query.definitions[0];
  return definition && "name" in definition ? (definition.name?.value ?? "") : "";
};

/** A client that answers from a table and records what was sent. Without an answer it waits. */
export function fakeClient(answers: Answers) {
  const sent: Sent[] = [];
  const pushed = makeSubject<{ name: string }>();
  const ended = makeSubject<string>();
  const answer = (request: GraphQLRequest): Source<unknown> => {
    const name = nameOf(request);
    sent.push({ name, variables: request.variables });
    const live = pipe(pushed.source, filter((p) => p.name === name));
    const found = answers[name];
    const value = typeof found === "function" ? (found as (variables: unknown) => unknown)(request.variables) : found; // tests pass functions of the variables
    return pipe(merge<unknown>([value === undefined ? never : fromValue(value), live]), takeUntil(pipe(ended.source, filter((n) => n === name))));
  };
  const client = {
    executeQuery: answer, executeMutation: answer, executeSubscription: answer,
    subscription: (query: GraphQLRequest["query"], variables: GraphQLRequest["variables"]) => {
      const found = answer({ key: 0, query, variables } as GraphQLRequest); // only these are read
      return Object.assign(found, { subscribe: (listener: (result: unknown) => void) => pipe(found, subscribe(listener)) });
    },
    query: (query: GraphQLRequest["query"], variables: GraphQLRequest["variables"]) => {
      const found = answer({ key: 0, query, variables } as GraphQLRequest); // only these are read
      return Object.assign(found, { toPromise: () => pipe(found, take(1), toPromise) });
    },
  };
  return {
    client: client as unknown as Client, // the hooks use these alone
    sent,
    push: (name: string, result: object) => { pushed.next({ ...result, name }); },
    end: (name: string) => { ended.next(name); },
  };
}

/** Shows a page at an address, as the named user. */
export function show(page: ReactNode, { answers = {}, at = "/", user = "kim" }: { answers?: Answers; at?: string; user?: string } = {}) {
  if (user) localStorage.setItem("bis.user", user);
  const fake = fakeClient(answers);
  const { hook, searchHook, history } = memoryLocation({ path: at, record: true });
  const view = render(
    <Provider value={fake.client}>
      <Router hook={hook} searchHook={searchHook}>
        <ToastProvider><LiveProvider>{page}</LiveProvider></ToastProvider>
      </Router>
    </Provider>,
  );
  return { ...fake, ...view, history };
}
