import type { Client, CombinedError } from "urql";
import { serverNow } from "../graphql/clock";
import { DayBriefingsDocument, OccupancyDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import type { BriefingFilter } from "../graphql/types";

/** A part of a day: from a time, or from its beginning, to before another, in milliseconds. */
export interface Stretch { from: number | null; to: number }

const quarter = 900_000; // milliseconds
const firstSize = 60;
const size = 180;
const page = 200;

/**
 * Cuts a day into stretches, the newest first, each with about as many briefings as one page has.
 * The first one is smaller, so that something is shown at once. Together they are the whole day. The
 * quarter of now has no briefings yet in the rest of it.
 */
export function stretches(quarters: { from: string; samples: number }[], now: number): Stretch[] {
  const cuts: number[] = [];
  let room = firstSize;
  for (const { from, samples } of [...quarters].reverse()) {
    if (samples === 0) continue;
    const parts = Math.ceil(samples / size);
    const begin = Date.parse(from);
    const length = begin < now ? Math.min(quarter, now - begin) : quarter;
    for (let n = parts - 1; n >= 0; n--) {
      room -= samples / parts;
      if (room > 0) continue;
      cuts.push(begin + Math.floor((length * n) / parts));
      room = size;
    }
  }
  return [...cuts, null].map((from, n) => ({ from, to: cuts[n - 1] ?? Infinity }));
}

/**
 * Loads the briefings of a day, the newest stretch first, and passes each page on with the stretches
 * that are left. The API lists a day from its beginning, so the stretches come from the people of
 * its quarters of an hour.
 */
export async function loadDay(
  client: Client, { username, date, cameraId = null }: { username: string; date: string; cameraId?: string | null }, from: Stretch[] | null,
  add: (rows: Briefing[], left: Stretch[]) => void, ended: () => boolean,
): Promise<CombinedError | undefined> {
  let left = from;
  if (!left) {
    const { data } = await client.query(OccupancyDocument, { username, date, cameraId }, { requestPolicy: "network-only" }).toPromise();
    left = stretches(data?.occupancy ?? [], serverNow());
  }
  for (let stretch = left[0]; stretch; stretch = left[0]) {
    const { from: begin, to } = stretch;
    const filter: BriefingFilter | null = begin === null ? null : { from: new Date(begin).toISOString() };
    let after: string | null = null;
    for (let more = true; more;) {
      if (ended()) return undefined;
      const variables: { username: string; date: string; cameraId: string | null; filter: BriefingFilter | null; first: number; after: string | null } = { username, date, cameraId, filter, first: page, after };
      const { data, error } = await client.query(DayBriefingsDocument, variables, { requestPolicy: "network-only" }).toPromise();
      if (error || !data) return error;
      const { edges, pageInfo } = data.dayBriefings;
      const ours = edges.map((edge) => edge.node).filter((b) => Date.parse(b.at) < to);
      more = pageInfo.hasNextPage && ours.length === edges.length;
      after = pageInfo.endCursor;
      if (!more) left = left.slice(1);
      add(ours, left);
    }
  }
  return undefined;
}
