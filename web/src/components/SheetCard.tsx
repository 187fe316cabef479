import { Collapsible } from "@base-ui/react/collapsible";
import { Fragment } from "react";
import { Link } from "wouter";
import type { SheetRowFragment } from "../graphql/types";
import { clock, day } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { Notes } from "./Notes";
import { Refused } from "./Refused";
import { keyWords, usageWords } from "./words";

const groups = ["caption", "headline", "summary", "advice"] as const;

function groupOf(key: string): (typeof groups)[number] {
  if (key.startsWith("head_")) return "headline";
  if (key.startsWith("sum_")) return "summary";
  return key.startsWith("advice_") ? "advice" : "caption";
}

interface Props {
  sheet: SheetRowFragment;
  /** Its notes, without those that the page shows above. */
  notes: SheetRowFragment["notes"];
  /** True while the model is asked once more. */
  busy: boolean;
  /** What is going on, or empty. */
  state: string;
  onRewrite: () => void;
  /** Set if the page has given up waiting for the model. */
  onCheck?: (() => void) | undefined;
}

/** The lines of a style by what they say, those that were refused, and where they come from. */
export function SheetCard({ sheet, notes, busy, state, onRewrite, onCheck }: Props) {
  const { t: w, i18n } = useWordTexts();
  const { verdict, language, builtIn, provider, model, madeAt, usage, keys, refused } = sheet;
  const named = (part: "bases" | "languages", name: string) =>
    (i18n.exists(`sheet.${part}.${name}`, { ns: "words" }) ? w(`sheet.${part}.${name}` as "sheet.bases.polite") : name); // checked by exists
  const pairs: [string, string | null][] = [
    [w("sheet.language"), named("languages", language)],
    [w("sheet.base"), named("bases", builtIn)],
    [w("sheet.model"), model && (provider ? `${model} (${provider})` : model)],
    [w("sheet.at"), madeAt && `${day(madeAt)} ${clock(madeAt)}`],
    [w("sheet.cost"), usage && usageWords(w, usage)],
  ];
  return (
    <section className="card facts apart" aria-labelledby="sheet">
      <h2 id="sheet">{w("sheet.title")}</h2>
      <p>{w(`sheet.verdict.${verdict}`)}</p>
      <p className="hint">{w("sheet.lead")}</p>
      <Notes notes={notes} />
      <dl className="pairs block">
        {pairs.map(([name, value]) => value && <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}
      </dl>
      <p className={state ? "hint" : "hidden"} role="status">{state}</p>
      {onCheck && <button type="button" className="btn wide block" onClick={onCheck}>{w("sheet.check")}</button>}
      {verdict === "BUILT_IN"
        ? <Link className="link" href="/settings/models">{w("sheet.models")}</Link>
        : <button type="button" className="btn wide block" disabled={busy} onClick={onRewrite}>{w("sheet.rewrite")}</button>}
      <div className="block">
        {groups.map((group) => <Group key={group} name={group} language={language} keys={keys.filter(({ key }) => groupOf(key) === group)} />)}
      </div>
      {refused.length > 0 && <Refused title={w("sheet.refused")} text={w("sheet.refusedText")} texts={refused} />}
    </section>
  );
}

// The lines of one kind, closed at first because there are many.
function Group({ name, language, keys }: { name: (typeof groups)[number]; language: string; keys: SheetRowFragment["keys"] }) {
  const { t: w } = useWordTexts();
  if (keys.length === 0) return null;
  return (
    <Collapsible.Root className="more-of">
      <Collapsible.Trigger>{w(`sheet.groups.${name}`)}<span className="soft">{w("sheet.count", { count: keys.length })}</span><span aria-hidden="true">▾</span></Collapsible.Trigger>
      <Collapsible.Panel>
        <ul className="quotes">
          {keys.map(({ key, builtIn, lines }) => (
            <li key={key}>
              <p className="what"><b>{keyWords(w, key)}</b>{builtIn && <i className="tag plain">{w("sheet.builtIn")}</i>}</p>
              <ul className="lines" lang={language}>
                {lines.map(({ line, sample }) => (
                  <li key={line}><q>{sample}</q>{line !== sample && <code>{line}</code>}</li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
