import type { BriefingQuery } from "../graphql/types";
import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { keyWords } from "./words";

type Line = NonNullable<NonNullable<BriefingQuery["briefing"]>["made"]>["said"][number];

/** The lines of a sentence: what each says, how it is worded, and what stands in its slots. */
export function Said({ lines }: { lines: Line[] }) {
  const { t: w } = useWordTexts();
  return (
    <>
      <h3>{w("why.said")}</h3>
      <p className="hint">{w("why.saidText")}</p>
      <ol className="quotes">
        {lines.map(({ key, line, builtIn, slots }, n) => (
          <li key={n}>
            <p className="what"><b>{keyWords(w, key)}</b>{builtIn && <i className="tag plain">{w("sheet.builtIn")}</i>}</p>
            <p><q>{line}</q></p>
            {slots.length > 0 && <p className="soft slots">{slots.map(({ name, text }) => w("why.slot", { name: `{${name}}`, text })).join(" · ")}</p>}
          </li>
        ))}
      </ol>
    </>
  );
}
