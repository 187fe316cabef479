import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { useCameraTexts } from "../i18n/cameras";
import { middle, movePoint, rectangle, removePoint, within, type Area, type Point } from "./areas";
import { toneOf } from "./found";
import "../styles/found.css";

interface Props {
  areas: Area[];
  /** The key of the area whose points can be moved. */
  chosen: number | undefined;
  /** The kind that a drag across the picture draws. */
  kind: Area["kind"];
  picture: string | undefined;
  words: (area: Area) => string;
  /** What was found in the picture, below the points. */
  children?: ReactNode;
  /** A change that is over, which can be undone. */
  onChange: (areas: Area[], chosen?: number) => void;
}

const step = 0.01;
const leap = 0.05;
const smallest = 0.02; // a shorter drag is a tap

/** The picture with its areas. Points are moved by finger, mouse or arrow keys; a drag draws a rectangle. */
export function AreaStage({ areas, chosen, kind, picture, words, onChange, children }: Props) {
  const { t: c } = useCameraTexts();
  const stage = useRef<HTMLDivElement>(null);
  const from = useRef<Point>(null);
  const [drawn, setDrawn] = useState<Area>(); // while a finger draws or moves
  const shown = drawn && areas.some((a) => a.key === drawn.key) ? areas.map((a) => (a.key === drawn.key ? drawn : a)) : drawn ? [...areas, drawn] : areas;
  const zones = shown.filter((a) => a.kind === "zone");
  const toneIn = (area: Area) => (area.kind === "zone" ? toneOf(zones.indexOf(area)) : "");
  const active = shown.find((a) => a.key === (drawn?.key ?? chosen));

  const place = (event: PointerEvent): Point => {
    const box = stage.current?.getBoundingClientRect();
    return box ? within({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }) : { x: 0, y: 0 };
  };
  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = place(event);
  };
  const draw = (event: PointerEvent) => {
    if (!from.current) return;
    const to = place(event);
    if (!drawn && Math.hypot(to.x - from.current.x, to.y - from.current.y) < smallest) return;
    const area = rectangle(kind, "", from.current, to);
    setDrawn(drawn ? { ...area, key: drawn.key } : area);
  };
  const cancel = () => {
    from.current = null;
    setDrawn(undefined);
  };
  // The last movement and the end may come before the page is drawn, so the end has the place.
  const end = (event: PointerEvent) => {
    const to = place(event);
    if (from.current && Math.hypot(to.x - from.current.x, to.y - from.current.y) >= smallest) {
      const area = rectangle(kind, "", from.current, to);
      onChange([...areas, area], area.key);
    }
    cancel();
  };
  return (
    <div ref={stage} className={picture ? "stage" : "stage bare"} onPointerDown={begin} onPointerMove={draw} onPointerUp={end} onPointerCancel={cancel}>
      {picture && <img src={picture} alt={c("area.alt")} draggable={false} />}
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {shown.map((area) => (
          <polygon key={area.key} className={`${area.kind} ${toneIn(area)} ${area.key === active?.key ? "chosen" : ""}`} points={area.points.map(({ x, y }) => `${String(x)},${String(y)}`).join(" ")} />
        ))}
      </svg>
      {children}
      {zones.filter((zone) => zone.name).map((zone) => (
        <i key={zone.key} className={`zonename ${toneIn(zone)}`} aria-hidden="true" style={{ left: `${String(middle(zone).x * 100)}%`, top: `${String(middle(zone).y * 100)}%` }}>{zone.name}</i>
      ))}
      {active?.points.map((point, n) => (
        <Corner
          key={n} point={point} label={c("area.point", { area: words(active), n: n + 1, x: Math.round(point.x * 100), y: Math.round(point.y * 100) })}
          place={place}
          onDrag={(to) => { setDrawn(movePoint(active, n, to)); }}
          onCancel={cancel}
          onMove={(to) => {
            setDrawn(undefined);
            onChange(areas.map((a) => (a.key === active.key ? movePoint(a, n, to) : a)), active.key);
          }}
          onRemove={() => { onChange(areas.map((a) => (a.key === active.key ? removePoint(active, n) : a)), active.key); }}
        />
      ))}
    </div>
  );
}

interface CornerProps {
  point: Point;
  label: string;
  place: (event: PointerEvent) => Point;
  onDrag: (to: Point) => void;
  onCancel: () => void;
  /** The point was moved, and the movement is over. */
  onMove: (to: Point) => void;
  onRemove: () => void;
}

// A handle of 44 px around a point.
function Corner({ point, label, place, onDrag, onCancel, onMove, onRemove }: CornerProps) {
  // Where the finger is beside the point, and whether it has moved.
  const drag = useRef<{ beside: Point; moved: boolean }>(null);
  const target = (event: PointerEvent): Point => {
    const at = place(event);
    return { x: at.x + (drag.current?.beside.x ?? 0), y: at.y + (drag.current?.beside.y ?? 0) };
  };
  const keys = (event: KeyboardEvent) => {
    const far = event.shiftKey ? leap : step;
    const moves: Record<string, Point> = {
      ArrowLeft: { x: point.x - far, y: point.y }, ArrowRight: { x: point.x + far, y: point.y },
      ArrowUp: { x: point.x, y: point.y - far }, ArrowDown: { x: point.x, y: point.y + far },
    };
    const to = moves[event.key];
    if (!to && event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    if (to) onMove(to);
    else onRemove();
  };
  const stop = (event: PointerEvent) => {
    event.stopPropagation();
    if (drag.current?.moved && event.type === "pointerup") onMove(target(event));
    else onCancel();
    drag.current = null;
  };
  return (
    <button
      type="button" className="corner" aria-label={label} style={{ left: `${String(point.x * 100)}%`, top: `${String(point.y * 100)}%` }} onKeyDown={keys}
      onPointerDown={(e) => {
        e.stopPropagation();
        e.currentTarget.setPointerCapture(e.pointerId);
        const at = place(e);
        drag.current = { beside: { x: point.x - at.x, y: point.y - at.y }, moved: false };
      }}
      onPointerMove={(e) => {
        e.stopPropagation();
        if (!drag.current) return;
        drag.current.moved = true;
        onDrag(target(e));
      }}
      onPointerUp={stop} onPointerCancel={stop}
    />
  );
}
