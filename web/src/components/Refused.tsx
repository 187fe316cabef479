import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { keyWords, ruleWords } from "./words";

interface Props {
  title: string;
  text: string;
  texts: { key: string; text: string; rule: string }[];
}

/** Texts of a model that were not said, each with what it was for and the rule that refused it. */
export function Refused({ title, text, texts }: Props) {
  const { t: w } = useWordTexts();
  return (
    <>
      <h3>{title}</h3>
      <p className="hint">{text}</p>
      <ul className="quotes">
        {texts.map((refused, n) => (
          <li key={n}>
            <p className="what"><b>{keyWords(w, refused.key)}</b></p>
            <p><q>{refused.text}</q></p>
            <p className="soft">{ruleWords(w, refused.rule)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
