import { CombinedError } from "urql";
import { expect, it } from "vitest";
import type { Briefing } from "../graphql/reading";
import { aBriefing } from "../test/builders";
import { fakeClient } from "../test/render";
import { loadDay, stretches, type Stretch } from "./dayPages";

const midnight = Date.parse("2026-11-26T00:00:00+09:00");
const quarters = (...busy: [number, number][]) => Array.from({ length: 96 }, (_, n) => ({
  from: new Date(midnight + n * 900_000).toISOString(), samples: busy.find(([at]) => at === n)?.[1] ?? 0, people: 1,
}));
const clock = (at: number | null) => (at === null ? "begin" : at === Infinity ? "end" : new Date(at + 9 * 3_600_000).toISOString().slice(11, 19));
const words = (all: Stretch[]) => all.map(({ from, to }) => `${clock(from)}-${clock(to)}`);

it.each([
  ["an empty day", [], ["begin-end"]],
  ["a quiet day", [[36, 5], [40, 5]], ["begin-end"]],
  ["a busy morning", [[36, 15], [37, 15], [38, 15], [39, 15], [40, 15]], ["09:15:00-end", "begin-09:15:00"]],
  ["900 in one quarter", [[40, 900]], ["10:12:00-end", "10:09:00-10:12:00", "10:06:00-10:09:00", "10:03:00-10:06:00", "10:00:00-10:03:00", "begin-10:00:00"]],
] as [string, [number, number][], string[]][])("cuts %s, the newest first", (_, busy, want) => {
  expect(words(stretches(quarters(...busy), midnight + 24 * 3_600_000))).toEqual(want);
});

it("cuts only the part of the present quarter that has passed", () => {
  const now = midnight + 40 * 900_000 + 300_000; // 10:05
  expect(words(stretches(quarters([40, 300]), now))).toEqual(["10:02:30-end", "begin-10:02:30"]);
});

// A day with a briefing each half minute from 09:00 to 11:00, of which the last hour has no counts.
const rows = Array.from({ length: 240 }, (_, n) => {
  const time = 9 * 3_600 + n * 30;
  const at = `2026-11-26T${new Date(time * 1_000).toISOString().slice(11, 19)}+09:00`;
  return aBriefing("09:00", n < 120 ? 1 : null, { at });
});
const occupancy = { data: { occupancy: quarters([36, 30], [37, 30], [38, 30], [39, 30]) } };

interface Asked { filter: { from: string } | null; first: number; after: string | null }

function answer({ filter, first, after }: Asked) {
  const from = filter ? Date.parse(filter.from) : 0;
  const left = rows.filter((b) => Date.parse(b.at) >= from);
  const begin = after ? left.findIndex((b) => b.cursor === after) + 1 : 0;
  const some = left.slice(begin, begin + first);
  return { data: { dayBriefings: { edges: some.map((node) => ({ node })), pageInfo: { hasNextPage: begin + first < left.length, endCursor: some.at(-1)?.cursor ?? null } } } };
}

async function load(answers: object, from: Stretch[] | null = null) {
  const { client, sent } = fakeClient({ Occupancy: occupancy, ...answers });
  const pages: Briefing[][] = [];
  let left: Stretch[] = [];
  const error = await loadDay(client, { username: "kim", date: "2026-11-26" }, from, (some, next) => { pages.push(some); left = next; }, () => false);
  return { pages, left, error, sent };
}

it("loads the newest stretch first, and each briefing once", async () => {
  const { pages, left, error } = await load({ DayBriefings: answer });
  expect(error).toBeUndefined();
  expect(pages[0]).toContain(rows.at(-1));
  expect(pages[0]).not.toContain(rows[0]);
  expect(pages.flat()).toHaveLength(rows.length);
  expect(new Set(pages.flat())).toEqual(new Set(rows));
  expect(left).toEqual([]);
});

it("goes on after a failure with the stretch that failed", async () => {
  let asked = 0;
  const { pages, left, error } = await load({ DayBriefings: (variables: Asked) => (asked++ === 0 ? answer(variables) : { error: new CombinedError({ networkError: new Error("refused") }) }) });
  expect(error).toBeDefined();
  expect(left.length).toBeGreaterThan(0);
  const rest = await load({ DayBriefings: answer }, left);
  expect(new Set([...pages.flat(), ...rest.pages.flat()])).toEqual(new Set(rows));
  expect(rest.sent.some((s) => s.name === "Occupancy")).toBe(false);
});

it("loads a day whose people are not known", async () => {
  const { pages } = await load({ Occupancy: { error: new CombinedError({ networkError: new Error("refused") }) }, DayBriefings: answer });
  expect(new Set(pages.flat())).toEqual(new Set(rows));
});
