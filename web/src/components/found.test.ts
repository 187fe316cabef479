import { expect, it } from "vitest";
import { rectangle } from "./areas";
import { placeDrawn, placeStored, tally, toneOf, type Box } from "./found";

const box = (x: number, feet: number, more: Partial<Box> = {}): Box => ({ x0: x - 0.05, y0: feet - 0.3, x1: x + 0.05, y1: feet, name: "person", zone: null, ...more });
const left = rectangle("zone", "왼쪽", { x: 0, y: 0.5 }, { x: 0.5, y: 1 });
const middle = rectangle("zone", "가운데", { x: 0.4, y: 0.5 }, { x: 0.7, y: 1 });

it("counts by the foot, and the first of overlapping zones counts", () => {
  const boxes = [box(0.45, 0.9), box(0.6, 0.9), box(0.2, 0.4), box(0.9, 0.9)]; // the third has its head in no zone, and its feet neither
  expect(placeDrawn(boxes, [left, middle]).map((b) => b.place)).toEqual([0, 1, "outside", "outside"]);
  expect(placeDrawn(boxes, [middle, left]).map((b) => b.place)).toEqual([0, 0, "outside", "outside"]);
});

it("counts the whole picture without zones", () => {
  expect(placeDrawn([box(0.5, 0.9)], []).map((b) => b.place)).toEqual(["whole"]);
  expect(placeStored([box(0.5, 0.9)], [], false).map((b) => b.place)).toEqual(["whole"]);
});

it("has the places of the server, also those of deleted zones", () => {
  const boxes = [box(0.1, 0.9, { zone: "b" }), box(0.2, 0.9, { zone: "x" }), box(0.3, 0.9)];
  expect(placeStored(boxes, [{ id: "a" }, { id: "b" }], true).map((b) => b.place)).toEqual([1, "gone", "outside"]);
});

it("sums people by place, the zones first and in their order", () => {
  const placed = placeStored([box(0.9, 0.9), box(0.1, 0.9, { zone: "b" }), box(0.1, 0.8, { zone: "a" }), box(0.2, 0.8, { zone: "a" }), box(0.2, 0.8, { zone: "a", name: "bottle" })], [{ id: "a" }, { id: "b" }], true);
  expect(tally(placed)).toEqual([[0, 2], [1, 1], ["outside", 1]]);
});

it("gives 32 zones a colour each, in turns", () => {
  expect(toneOf(0)).toBe("z0");
  expect(toneOf(31)).toBe("z7");
  expect(toneOf("outside")).toBe("outside");
});
