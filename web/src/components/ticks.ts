import { nextClock, shortClock } from "../i18n/format";

interface Grid { startedAt: string; interval: number; endsAt: string | null }

/** The time of the next tick in milliseconds, or null if the request ends before it. */
export function nextTick({ startedAt, interval, endsAt }: Grid, now: number): number | null {
  const start = Date.parse(startedAt);
  const step = interval * 1_000;
  const n = Math.max(1, Math.floor((now - start) / step) + 1);
  const next = start + n * step;
  return endsAt !== null && next > Date.parse(endsAt) ? null : next;
}

const onTheWay = 5_000; // milliseconds that a start may take to arrive

/**
 * The end of a request that is started again now, and the form in which it is asked for. An end
 * that was given as an instant repeats the length. One that was given as a time of day stays one;
 * if that comes before the first briefing, it is an instant of the next day.
 */
export function againUntil({ startedAt, interval, endsAt, endTime }: Grid & { endTime: string }, now: number): { end: number; endTime: string } {
  const instant = (end: number) => ({ end, endTime: new Date(end).toISOString() });
  const least = interval * 1_000 + onTheWay;
  if (endsAt !== null && /\dT\d/i.test(endTime)) return instant(now + Math.max(Date.parse(endsAt) - Date.parse(startedAt), least));
  const time = endsAt === null ? endTime : shortClock(endsAt);
  const end = nextClock(time, now);
  return end < now + least ? instant(end + 86_400_000) : { end, endTime: time };
}
