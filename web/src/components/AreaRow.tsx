import { useCameraTexts } from "../i18n/cameras";
import { addPoint, mostPoints, removePoint, type Area } from "./areas";
import { toneOf } from "./found";

interface Props {
  area: Area;
  title: string;
  chosen: boolean;
  /** Its place among those of its kind, and whether it is the last one. */
  n: number;
  last: boolean;
  onChoose: () => void;
  onChange: (area: Area) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}

/** One mask, or one zone with its name and its place in the list, as a line of buttons. */
export function AreaRow({ area, title, chosen, n, last, onChoose, onChange, onMove, onRemove }: Props) {
  const { t: c } = useCameraTexts();
  const zone = area.kind === "zone";
  return (
    <div className={zone ? "area zone" : "area"} role="group" aria-label={title}>
      <button className="name" aria-pressed={chosen} onClick={onChoose}>
        {zone && <i className={`swatch ${toneOf(n)}`} aria-hidden="true" />} {title} <small className="soft">{c("area.corners", { count: area.points.length })}</small>
      </button>
      <button className="link" disabled={area.points.length >= mostPoints} onClick={() => { onChange(addPoint(area)); }}>{c("area.addPoint")}</button>
      <button className="link" disabled={area.points.length <= 3} onClick={() => { onChange(removePoint(area, area.points.length - 1)); }}>{c("area.removePoint")}</button>
      {zone && (n > 0 || !last) && (
        <>
          <button className="link" disabled={n === 0} onClick={() => { onMove(-1); }}>{c("area.up")}</button>
          <button className="link" disabled={last} onClick={() => { onMove(1); }}>{c("area.down")}</button>
        </>
      )}
      <button className="link" onClick={onRemove}>{c("area.remove")}</button>
      {zone && <input className="field" aria-label={c("area.name")} value={area.name} maxLength={64} onChange={(e) => { onChange({ ...area, name: e.target.value }); }} />}
    </div>
  );
}
