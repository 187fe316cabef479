import type { CombinedError } from "@urql/core";

const usual = 5_000;

/** The pause before the next try in milliseconds, or 0 if the same question fails again. */
export function pauseAfter(error: CombinedError): number {
  const { code = "", retryAfter } = error.graphQLErrors[0]?.extensions ?? {};
  if (/^(BAD_|FORBIDDEN|UNAUTH|NOT_FOUND|CONFLICT|GRAPHQL_)/.test(String(code))) return 0;
  return Math.max(usual, Number(retryAfter) * 1_000 || 0);
}
