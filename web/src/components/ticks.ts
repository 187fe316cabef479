interface Grid { startedAt: string; interval: number; endsAt: string | null }

/** The time of the next tick in milliseconds, or null if the request ends before it. */
export function nextTick({ startedAt, interval, endsAt }: Grid, now: number): number | null {
  const start = Date.parse(startedAt);
  const step = interval * 1_000;
  const n = Math.max(1, Math.floor((now - start) / step) + 1);
  const next = start + n * step;
  return endsAt !== null && next > Date.parse(endsAt) ? null : next;
}
