import { expect, it } from "vitest";
import { nextTick } from "./ticks";

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
