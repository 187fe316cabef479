import type { Briefing } from "../graphql/reading";
import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { questionOf } from "./words";

/** What a model says on the picture, apart from the sentence because it may be wrong. */
export default function Described({ briefing }: { briefing: Briefing }) {
  const { t: w } = useWordTexts();
  const { description } = briefing;
  const question = questionOf(briefing);
  return (
    <div className="described">
      {question && <p className="check"><b>{w("described.check")}</b> <q>{question}</q></p>}
      {description && (
        <>
          <p><i className="tag plain">{w("described.label")}</i> <q>{description}</q></p>
          <p className="hint">{w("described.doubt")}</p>
        </>
      )}
    </div>
  );
}
