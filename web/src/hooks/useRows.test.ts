import { expect, it } from "vitest";
import { aBriefing } from "../test/builders";
import { merge } from "./useRows";

const [a, b, c, d] = [aBriefing("14:00", 1), aBriefing("14:01", 1), aBriefing("14:01", 2), aBriefing("14:02", 1)];
const times = (rows: ReturnType<typeof merge>) => rows.map((r) => `${r.at.slice(11, 16)} ${String(r.counts[0]?.count)}`);

it.each([
  ["pages before", [c, d], [a, b]], ["pages after", [a, b], [c, d]], ["overlaps", [a, b, c], [b, c, d]],
  ["gaps", [a, d], [b, c]], ["a page of the middle", [a, c, d], [b]], ["the same", [a, b, c, d], [a, b, c, d]], ["nothing", [], [a, b, c, d]],
])("merges %s, by time and then by id, each once", (_, some, more) => {
  expect(merge(some, more)).toEqual([a, b, c, d]);
  expect(merge(more, some)).toEqual([a, b, c, d]);
});

it("takes the newer form of a briefing", () => {
  const wrong = { ...b, reportedWrong: true };
  expect(merge([a, b], [wrong]).at(-1)?.reportedWrong).toBe(true);
  expect(times(merge([a], [a]))).toEqual(["14:00 1"]);
});
