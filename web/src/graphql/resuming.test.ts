import type { Client } from "graphql-ws";
import { expect, it, vi } from "vitest";
import { resuming } from "./resuming";

it("moves the cursor of the next attempt forward, and leaves the caller's variables alone", () => {
  const subscribe = vi.fn<Client["subscribe"]>(() => () => undefined);
  const client = resuming({ subscribe } as unknown as Client); // the helper uses this alone
  const variables = { requestId: "r", after: "c1" };
  const seen: unknown[] = [];
  client.subscribe({ query: "subscription", variables }, { next: (r) => seen.push(r), error: vi.fn(), complete: vi.fn() });
  const [sent, sink] = subscribe.mock.calls[0] ?? [];
  expect(sent?.variables).toEqual({ requestId: "r", after: "c1" });
  sink?.next({ data: { briefings: { cursor: "c2" } } });
  sink?.next({ data: { briefings: {} } });
  sink?.next({ data: null });
  expect(sent?.variables).toEqual({ requestId: "r", after: "c2" });
  expect(variables.after).toBe("c1");
  expect(seen).toHaveLength(3);
});
