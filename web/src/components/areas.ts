import type { CameraRowFragment, SaveCameraInput } from "../graphql/types";

export interface Point { x: number; y: number }

/** A mask, or a zone with its name. Points are shares of the picture. The first of overlapping zones counts. */
export interface Area { kind: "mask" | "zone"; key: number; id?: string; name: string; points: Point[] }

export const mostAreas = 32;
export const mostPoints = 32;

let keys = 0;

/** A rectangle between two places. */
export function rectangle(kind: Area["kind"], name: string, a: Point, b: Point): Area {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return { kind, key: keys++, name, points: [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }] };
}

/** The areas of a stored camera. */
export function areasOf(camera: CameraRowFragment): Area[] {
  const points = (list: Point[]) => list.map(({ x, y }) => ({ x, y }));
  return [
    ...camera.masks.map((mask): Area => ({ kind: "mask", key: keys++, name: "", points: points(mask.points) })),
    ...camera.zones.map((zone): Area => ({ kind: "zone", key: keys++, id: zone.id, name: zone.name, points: points(zone.polygon.points) })),
  ];
}

/** The areas as the server's input. */
export function areasInput(areas: Area[]): Pick<SaveCameraInput, "masks" | "zones"> {
  return {
    masks: areas.filter((a) => a.kind === "mask").map(({ points }) => ({ points })),
    zones: areas.filter((a) => a.kind === "zone").map(({ id, name, points }) => ({ ...(id ? { id } : {}), name, polygon: { points } })),
  };
}

const share = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;

/** A place within the picture. */
export const within = ({ x, y }: Point): Point => ({ x: share(x), y: share(y) });

/** Moves one point of an area. */
export const movePoint = (area: Area, n: number, to: Point): Area =>
  ({ ...area, points: area.points.map((p, i) => (i === n ? within(to) : p)) });

/** Adds a point in the middle of the longest edge. */
export function addPoint(area: Area): Area {
  const edges = area.points.map((a, i) => {
    const b = area.points[(i + 1) % area.points.length] ?? a;
    return { i, length: Math.hypot(a.x - b.x, a.y - b.y), middle: within({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }) };
  });
  const longest = edges.reduce((best, edge) => (edge.length > best.length ? edge : best));
  return { ...area, points: area.points.toSpliced(longest.i + 1, 0, longest.middle) };
}

/** Removes one point. A triangle stays one. */
export const removePoint = (area: Area, n: number): Area =>
  (area.points.length > 3 ? { ...area, points: area.points.toSpliced(n, 1) } : area);

const accuracy = 1e-9;

/** Reports whether an area holds a place, by the rule of the server: the edge belongs to it. */
export function contains(points: Point[], at: Point): boolean {
  let odd = false;
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length] ?? a;
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const turn = (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x);
    const near = (p: Point) => Math.hypot(at.x - p.x, at.y - p.y) <= length + accuracy;
    if (Math.abs(turn) <= accuracy * length && near(a) && near(b)) return true;
    // A ray to the right passes the edge. Half-open: a corner counts for one of its edges.
    if (a.y > at.y !== b.y > at.y && at.x < a.x + ((at.y - a.y) * (b.x - a.x)) / (b.y - a.y)) odd = !odd;
  }
  return odd;
}

/** The middle of an area's corners, where its name stands. */
export const middle = ({ points }: Area): Point => ({
  x: points.reduce((sum, p) => sum + p.x, 0) / points.length, y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
});

/** Moves an area by one place among those of its kind. At the end of the list it stays. */
export function moveArea(areas: Area[], key: number, by: 1 | -1): Area[] {
  const at = areas.findIndex((a) => a.key === key);
  const area = areas[at];
  if (!area) return areas;
  for (let to = at + by; to >= 0 && to < areas.length; to += by) {
    const other = areas[to];
    if (other?.kind === area.kind) return areas.with(at, other).with(to, area);
  }
  return areas;
}
