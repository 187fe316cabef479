import { ignoreComposition } from "../hooks/composition";
import { useWordTexts } from "../i18n/words";

// What each chip writes. The words are the owner's own, so they stay Korean in an English console.
const chips = {
  polite: "공손하게 말해줘", short: "간단명료하게 말해줘", numbers: "숫자만 말해줘", casual: "편하게 반말로 해줘", english: "영어로 말해줘",
} as const;
const most = 10;

/** Chips for common styles, and lines of the owner's own. */
export function StyleLines({ lines, onChange }: { lines: string[]; onChange: (lines: string[]) => void }) {
  const { t } = useWordTexts();
  const toggle = (line: string) => { onChange(lines.includes(line) ? lines.filter((l) => l !== line) : [...lines, line].slice(0, most)); };
  const set = (n: number, line: string) => { onChange(lines.map((old, i) => (i === n ? line : old))); };
  return (
    <>
      <p className="label" id="style-chips">{t("style.chips")}</p>
      <div className="chips" role="group" aria-labelledby="style-chips">
        {(Object.keys(chips) as (keyof typeof chips)[]).map((name) => ( // keys of a constant object
          <button key={name} type="button" className="chip" aria-pressed={lines.includes(chips[name])} onClick={() => { toggle(chips[name]); }}>{t(`style.${name}`)}</button>
        ))}
      </div>
      <p className="label">{t("style.lines")}</p>
      <ul className="stylelines">
        {lines.map((line, n) => (
          <li key={n}>
            <input
              className="field" aria-label={t("style.line", { n: n + 1 })} value={line} maxLength={200} placeholder={t("style.placeholder")}
              onChange={(e) => { set(n, e.target.value); }} onKeyDown={ignoreComposition}
            />
            <button type="button" className="back" aria-label={t("style.remove", { n: n + 1 })} onClick={() => { onChange(lines.filter((_, i) => i !== n)); }}>×</button>
          </li>
        ))}
      </ul>
      {lines.length < most
        ? <button type="button" className="link" onClick={() => { onChange([...lines, ""]); }}>+ {t("style.add")}</button>
        : <p className="hint">{t("style.full")}</p>}
    </>
  );
}
