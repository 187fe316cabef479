// The difference between the server's clock and this device's, from the Date header of answers.
let skew = 0;

/** The server's time now, in milliseconds. */
export function serverNow(): number {
  return Date.now() + skew;
}

const patience = 60_000; // more than the server needs for any answer

/**
 * A fetch that compares the clocks, and gives up after a minute, because browsers wait longer for a
 * dead network than owners do. The header has whole seconds, so less than 2 s is no skew. A slow
 * answer counts only if it shows a difference that its slowness cannot explain.
 */
export const clockedFetch: typeof fetch = async (address, init) => {
  const stop = new AbortController();
  if (init?.signal?.aborted) stop.abort();
  init?.signal?.addEventListener("abort", () => { stop.abort(); });
  setTimeout(() => { stop.abort(); }, patience); // it ends a body, too
  const sent = Date.now();
  const answer = await fetch(address, { ...init, signal: stop.signal });
  const took = Date.now() - sent;
  const date = Date.parse(answer.headers.get("Date") ?? "");
  const difference = date + 500 - sent - took / 2;
  if (Math.abs(difference - skew) >= Math.max(2_000, took)) skew = Math.abs(difference) < 2_000 ? 0 : difference;
  return answer;
};
