import { expect, it } from "vitest";
import { againUntil, nextTick } from "./ticks";

const grid = { startedAt: "2026-11-26T14:00:00+09:00", interval: 60, endsAt: "2026-11-26T14:03:00+09:00" };
const at = (time: string) => Date.parse(`2026-11-26T${time}+09:00`);

it.each([
  ["14:00:00", "14:01:00"], ["14:00:59", "14:01:00"], ["14:01:00", "14:02:00"], ["14:02:30", "14:03:00"], ["13:59:00", "14:01:00"],
])("after %s the next tick is at %s", (now, next) => {
  expect(nextTick(grid, at(now))).toBe(at(next));
});
it("has no tick after the end", () => {
  expect(nextTick(grid, at("14:03:00"))).toBeNull();
  expect(nextTick({ ...grid, endsAt: null }, at("14:03:00"))).toBe(at("14:04:00"));
});

const again = { startedAt: "2026-11-26T14:00:00+09:00", endsAt: "2026-11-26T15:00:00+09:00", endTime: "2026-11-26T06:00:00.000Z", interval: 10 };

it("repeats the length of a request that ended at an instant", () => {
  expect(againUntil(again, at("16:20:00"))).toEqual({ end: at("17:20:00"), endTime: "2026-11-26T08:20:00.000Z" });
});
it("repeats the time of day of a request that ended at one", () => {
  expect(againUntil({ ...again, endTime: "오후 3시" }, at("14:30:00"))).toEqual({ end: at("15:00:00"), endTime: "15:00" });
  expect(againUntil({ ...again, endTime: "15:00" }, at("16:20:00"))).toEqual({ end: Date.parse("2026-11-27T15:00:00+09:00"), endTime: "15:00" });
});
it("takes the next day if the first briefing would be after the end", () => {
  const end = Date.parse("2026-11-27T15:00:00+09:00");
  expect(againUntil({ ...again, endTime: "15:00", interval: 900 }, at("14:50:00"))).toEqual({ end, endTime: new Date(end).toISOString() });
});
