import { useTranslation } from "react-i18next";
import { shortClock } from "../i18n/format";
import { Strip, type Point } from "./Strip";

const quarter = 900_000; // milliseconds
const every = 12; // quarters of an hour from one mark to the next

/** People over the whole day, in quarters of an hour. Without onJump it is only a picture. */
export function DayStrip({ points, onJump }: { points: Point[]; onJump?: (at: number) => void }) {
  const { t } = useTranslation();
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.every((p) => p.people === null)) return null;
  // Each mark stands at the left of the hours that it begins.
  const marks = points.filter((_, n) => n % every === 0).map((p) => p.at);
  return (
    <section className="card" aria-label={t("timeline.strip")}>
      <Strip label={t("timeline.strip")} points={points} from={first.at} to={last.at + quarter}>
        {onJump
          ? <div className="jumps day">
              {marks.map((at) => <button key={at} aria-label={t("timeline.jump", { time: shortClock(at) })} onClick={() => { onJump(at); }}>{shortClock(at)}</button>)}
            </div>
          : <figcaption className="jumps day">{marks.map((at) => <span key={at}>{shortClock(at)}</span>)}</figcaption>}
      </Strip>
    </section>
  );
}
