import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { peopleOf, type Briefing } from "../graphql/reading";
import { shortClock } from "../i18n/format";
import { Strip, type Point } from "./Strip";

const most = 300;

/** At most 300 points, each with the most people of its stretch. */
function thin(rows: Briefing[]): Point[] {
  const size = Math.ceil(rows.length / most);
  const points: Point[] = [];
  for (let i = 0; i < rows.length; i += size) {
    const some = rows.slice(i, i + size).map(peopleOf).filter((n) => n !== null);
    points.push({ at: Date.parse(rows[i]?.at ?? ""), people: some.length > 0 ? Math.max(...some) : null });
  }
  return points;
}

/** People over the shown stretch. Without onJump it is only a picture. */
export function PeopleStrip({ rows, onJump }: { rows: Briefing[]; onJump?: (at: number) => void }) {
  const { t } = useTranslation();
  const points = useMemo(() => thin(rows), [rows]);
  const from = points[0]?.at ?? 0;
  const to = Date.parse(rows.at(-1)?.at ?? "");
  if (rows.length < 3 || to <= from) return null;
  const marks = [0, 1, 2, 3, 4].map((n) => from + ((to - from) * n) / 4);
  return (
    <section className="card" aria-label={t("timeline.strip")}>
      <Strip label={t("timeline.strip")} points={points} from={from} to={to}>
        {onJump
          ? <div className="jumps">
              {marks.map((at) => <button key={at} aria-label={t("timeline.jump", { time: shortClock(at) })} onClick={() => { onJump(at); }}>{shortClock(at)}</button>)}
            </div>
          : <figcaption className="hours">{marks.map((at) => <span key={at}>{shortClock(at)}</span>)}</figcaption>}
      </Strip>
    </section>
  );
}
