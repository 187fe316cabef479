// The difference between the server's clock and this device's, from the Date header of answers.
let skew = 0;

/** The server's time now, in milliseconds. */
export function serverNow(): number {
  return Date.now() + skew;
}

/** A fetch that compares the clocks. The header has whole seconds, so less than 2 s is no skew. */
export const clockedFetch: typeof fetch = async (...args) => {
  const sent = Date.now();
  const answer = await fetch(...args);
  const received = Date.now();
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (!Number.isNaN(date) && received - sent < 2_000) {
    const difference = date + 500 - (sent + received) / 2;
    skew = Math.abs(difference) < 2_000 ? 0 : difference;
  }
  return answer;
};
