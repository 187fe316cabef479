import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Briefing } from "../graphql/reading";
import { isEstimate, peopleOf } from "../graphql/reading";
import { ago, clock } from "../i18n/format";
import { DegradedTag } from "./DegradedTag";

const Described = lazy(() => import("./Described"));

interface Props {
  briefing: Briefing;
  now: number;
  /** Whether the author of the sentence is of interest, because a model writes the others. */
  authors?: boolean;
  /** A link to the whole briefing. With it a very long sentence is cut. */
  children?: React.ReactNode;
}

/** The answer: how many people, and the sentence, large. */
export function Answer({ briefing, now, authors, children }: Props) {
  const { t } = useTranslation();
  const people = peopleOf(briefing);
  return (
    <section className="card answer" aria-label={t("briefing.title")}>
      <div className="big">
        {people === null
          ? <b className="words">{t("now.uncounted")}</b>
          : <><b>{people}</b><span>{t("unit.people", { count: people })}</span></>}
        {people !== null && isEstimate(briefing) && <i className="tag">{t("tag.estimate")}</i>}
        {authors && briefing.made?.source === "template" && <i className="tag plain">{t("tag.template")}</i>}
        <DegradedTag code={briefing.degraded} />
        {briefing.reportedWrong && <i className="tag bad">{t("tag.wrong")}</i>}
      </div>
      <p className={children ? "say cut" : "say"}>{briefing.caption}</p>
      <p className="when figure"><time dateTime={briefing.at}>{ago(briefing.at, now)} · {clock(briefing.at)}</time>{children}</p>
      {(briefing.description || briefing.question) && <Suspense fallback={null}><Described briefing={briefing} /></Suspense>}
    </section>
  );
}
