import { expect, it } from "vitest";
import { addPoint, areasInput, contains, movePoint, moveArea, rectangle, removePoint } from "./areas";

const square = rectangle("mask", "", { x: 0.6, y: 0.7 }, { x: 0.2, y: 0.1 });

it("draws a rectangle from any corner", () => {
  expect(square.points).toEqual([{ x: 0.2, y: 0.1 }, { x: 0.6, y: 0.1 }, { x: 0.6, y: 0.7 }, { x: 0.2, y: 0.7 }]);
});

it("keeps points within the picture", () => {
  expect(movePoint(square, 1, { x: 1.4, y: -0.2 }).points[1]).toEqual({ x: 1, y: 0 });
});

it("adds a point on the longest edge, and keeps three", () => {
  const five = addPoint(square);
  expect(five.points).toHaveLength(5);
  expect(five.points[2]).toEqual({ x: 0.6, y: 0.4 });
  const three = removePoint(removePoint(five, 0), 0);
  expect(removePoint(three, 0)).toBe(three);
});

it("sends masks without names, and stored zones with their ids", () => {
  expect(areasInput([square, { ...square, kind: "zone", name: "계산대", id: "0a0b0c0d" }])).toEqual({
    masks: [{ points: square.points }], zones: [{ id: "0a0b0c0d", name: "계산대", polygon: { points: square.points } }],
  });
});

it("holds what is inside and on its edge, also of an area that is not convex", () => {
  const corner = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 0.5 }, { x: 0.5, y: 0.5 }, { x: 0.5, y: 1 }, { x: 0, y: 1 }];
  const held = (x: number, y: number) => contains(corner, { x, y });
  expect([held(0.25, 0.75), held(0.75, 0.25), held(0.75, 0.75), held(0.5, 0.75), held(1, 0.5), held(0, 0), held(1.0001, 0.2)]).toEqual([true, true, false, true, true, true, false]);
});

it("moves a zone among the zones alone", () => {
  const zone = (name: string) => rectangle("zone", name, { x: 0, y: 0 }, { x: 1, y: 1 });
  const [a, b] = [zone("a"), zone("b")];
  const all = [a, square, b];
  expect(moveArea(all, b.key, -1)).toEqual([b, square, a]);
  expect(moveArea(all, a.key, -1)).toEqual(all);
  expect(moveArea(all, b.key, 1)).toEqual(all);
});
