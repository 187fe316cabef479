import { expect, it } from "vitest";
import { addPoint, areasInput, movePoint, rectangle, removePoint } from "./areas";

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
