import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isEstimate, peopleOf, type Briefing } from "../graphql/reading";
import { secondClock, shortClock } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import { DegradedTag, useDegradedWords } from "./DegradedTag";
import { questionOf } from "./words";

const clockOf = (seconds: boolean) => (seconds ? secondClock : shortClock);

function People({ briefing }: { briefing: Briefing }) {
  const { t } = useTranslation();
  const people = peopleOf(briefing);
  if (people === null) return <span className="n" aria-label={t("now.uncounted")}>{t("unit.none")}</span>;
  const words = t("unit.peopleOf", { count: people });
  if (!isEstimate(briefing)) return <span className="n" aria-label={words}>{people}</span>;
  return <span className="n" aria-label={`${words} (${t("tag.estimate")})`}>{people}<small>{t("tag.estimate")}</small></span>;
}

interface OneProps {
  briefing: Briefing;
  chosen: boolean;
  seconds: boolean;
  authors: boolean;
  /** The name of its camera, where there are several. */
  camera: string | undefined;
}

/** A briefing as a link to its page. */
export function OneLine({ briefing, chosen, seconds, authors, camera }: OneProps) {
  const { t } = useTranslation();
  const { t: w } = useWordTexts();
  const { degraded, made, reportedWrong, description } = briefing;
  const question = questionOf(briefing);
  return (
    <Link className={degraded ? "line trouble" : "line"} href={`/r/${briefing.requestId}/${briefing.id}`} aria-current={chosen || undefined}>
      <time dateTime={briefing.at}>{clockOf(seconds)(briefing.at)}</time>
      <span className="words">
        <span className="cut">{briefing.caption}</span>
        {question && <small className="extra warn"><b>{w("described.check")}</b> {question}</small>}
        {description && <small className="extra"><b>{w("described.label")}</b> {description}</small>}
        {(degraded || reportedWrong || authors || camera) && (
          <span className="tags">
            {camera && <i className="tag plain">{camera}</i>}
            <DegradedTag code={degraded} />
            {authors && made?.source === "template" && <i className="tag plain">{t("tag.template")}</i>}
            {reportedWrong && <i className="tag bad">{t("tag.wrong")}</i>}
          </span>
        )}
      </span>
      <People briefing={briefing} />
    </Link>
  );
}

interface FoldProps {
  briefings: Briefing[];
  open: boolean;
  onToggle: () => void;
  seconds: boolean;
  camera: string | undefined;
}

/** Neighbours that say the same, as one button that opens them. */
export function FoldLine({ briefings, open, onToggle, seconds, camera }: FoldProps) {
  const { t } = useTranslation();
  const words = useDegradedWords();
  const first = briefings[0];
  const last = briefings.at(-1);
  if (!first || !last) return null;
  const time = clockOf(seconds);
  const count = briefings.length;
  return (
    <button className="line fold" aria-expanded={open} onClick={onToggle}>
      <span className="times"><time dateTime={last.at}>{time(last.at)}</time>{time(first.at) !== time(last.at) && <time dateTime={first.at}>{time(first.at)}</time>}</span>
      <span className="words">
        {first.degraded ? t("timeline.trouble", { what: words(first.degraded), count }) : t("timeline.unchanged", { count })}
        <span className="more" aria-hidden="true">{open ? "▴" : "▾"}</span>
        {camera && <span className="tags"><i className="tag plain">{camera}</i></span>}
      </span>
      <People briefing={last} />
    </button>
  );
}
