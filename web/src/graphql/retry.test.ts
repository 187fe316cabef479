import { CombinedError } from "@urql/core";
import { expect, it } from "vitest";
import { pauseAfter } from "./retry";

const coded = (code: string, more: object = {}) => new CombinedError({ graphQLErrors: [{ message: "x", extensions: { code, ...more } }] });

it.each([
  ["the network", new CombinedError({ networkError: new Error("refused") }), 5_000],
  ["a store that is away", coded("UNAVAILABLE"), 5_000],
  ["a limit with a short pause", coded("RATE_LIMITED", { retryAfter: 1 }), 5_000],
  ["a limit with a long pause", coded("RATE_LIMITED", { retryAfter: 30 }), 30_000],
  ["an input that is refused", coded("BAD_USER_INPUT"), 0],
  ["a forbidden name", coded("FORBIDDEN"), 0],
])("says the pause after %s", (_, error, pause) => {
  expect(pauseAfter(error)).toBe(pause);
});
