import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import type { Point } from "../components/Strip";
import { OccupancyDocument } from "../graphql/pageDocuments";

const quarter = 900_000; // milliseconds

/**
 * The people of a whole day in quarters of an hour, or undefined without an answer. The server is
 * asked again when the newest briefing, which is undefined while they load, begins another quarter.
 */
export function useOccupancy(username: string, date: string, cameraId: string | null, newest: string | undefined): Point[] | undefined {
  const [{ data }, again] = useQuery({
    query: OccupancyDocument, variables: { username, date, cameraId }, pause: !username, requestPolicy: "cache-and-network",
  });
  const known = useRef({ date: "", at: 0 });
  const at = newest === undefined ? undefined : Math.floor(Date.parse(newest) / quarter);
  useEffect(() => {
    if (at === undefined) return;
    const before = known.current;
    known.current = { date, at };
    if (before.date === date && before.at !== at) again({ requestPolicy: "network-only" });
  }, [date, at, again]);
  return data?.occupancy.map(({ from, people }) => ({ at: Date.parse(from), people }));
}
