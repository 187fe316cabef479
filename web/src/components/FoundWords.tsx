import { useCountTexts } from "../i18n/counts";
import { tally, toneOf, type Place, type Placed } from "./found";

/** How many people were found, and in which zones: as a list with the colours, which also stands for the picture. */
export function FoundWords({ placed, names }: { placed: Placed[]; names: string[] }) {
  const { t: n } = useCountTexts();
  const counts = tally(placed);
  const people = counts.reduce((sum, [, count]) => sum + count, 0);
  const others = placed.filter(({ name }) => name !== "person").length;
  const nameOf = (place: Place) =>
    (typeof place === "number" ? (names[place] ?? "") : n(({ whole: "whole", outside: "outside", gone: "deletedZone" } as const)[place]));
  return (
    <div className="foundwords">
      <p className="soft">{people > 0 ? n("people", { count: people }) : n("nobody")}{others > 0 && ` · ${n("others", { count: others })}`}</p>
      {people > 0 && (
        <ul>{counts.map(([place, count]) => <li key={place} className="figure"><i className={`swatch ${toneOf(place)}`} aria-hidden="true" />{n("zone", { name: nameOf(place), count })}</li>)}</ul>
      )}
      {counts.some(([place]) => place === "outside") && <p className="hint">{n("outsideText")}</p>}
    </div>
  );
}
