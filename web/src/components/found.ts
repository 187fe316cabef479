import type { BoxRowFragment } from "../graphql/types";
import { contains, type Area, type Point } from "./areas";

export type Box = BoxRowFragment;

/** Where a box counts: in the zone of this number, in the whole picture, nowhere, or in a zone that was deleted since. */
export type Place = number | "whole" | "outside" | "gone";

export type Placed = Box & { place: Place };

/** The point where somebody stands: the middle of the lower edge. */
export const foot = ({ x0, x1, y1 }: Box): Point => ({ x: (x0 + x1) / 2, y: y1 });

/** Each box with its place among zones as they are drawn. The first zone that holds the foot counts. */
export function placeDrawn(boxes: Box[], zones: Area[]): Placed[] {
  return boxes.map((box) => {
    const n = zones.findIndex((zone) => contains(zone.points, foot(box)));
    return { ...box, place: n >= 0 ? n : zones.length > 0 ? "outside" : "whole" };
  });
}

/** Each box with its place as the server counted it. With zones, a box without one is outside. */
export function placeStored(boxes: Box[], zones: { id: string }[], zoned: boolean): Placed[] {
  return boxes.map((box) => {
    const n = zones.findIndex(({ id }) => id === box.zone);
    return { ...box, place: n >= 0 ? n : box.zone ? "gone" : zoned ? "outside" : "whole" };
  });
}

/** How many people there are in each place. Zones come in their order, then the others. */
export function tally(placed: Placed[]): [Place, number][] {
  const counts = new Map<Place, number>();
  for (const { place, name } of placed) if (name === "person") counts.set(place, (counts.get(place) ?? 0) + 1);
  const order = (place: Place) => (typeof place === "number" ? place : 1_000 + ["whole", "gone", "outside"].indexOf(place));
  return [...counts].sort(([a], [b]) => order(a) - order(b));
}

const tones = 8;

/** The class of the colour of a place. */
export const toneOf = (place: Place) => (typeof place === "number" ? `z${String(place % tones)}` : place);
