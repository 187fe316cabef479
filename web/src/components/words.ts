import type { TFunction } from "i18next";
import i18next from "i18next";
import { number } from "../i18n/format";
import type { wordsKo } from "../i18n/wordsKo";

type Words = TFunction<"words">;

// known reports whether a group of texts has the name, which comes from the server.
const known = <Part extends keyof typeof wordsKo>(part: Part, name: string): name is keyof (typeof wordsKo)[Part] & string =>
  i18next.exists(`${part}.${name}`, { ns: "words" });

/** What a key of a style says, in words. An unknown one stays as it is. */
export const keyWords = (w: Words, key: string): string => (known("key", key) ? w(`key.${key}`) : key);

/** Why a text was refused. */
export const ruleWords = (w: Words, rule: string): string =>
  (rule !== "other" && known("rule", rule) ? w(`rule.${rule}`) : w("rule.other", { rule }));

/** The question of a model without the words that stand before it on the page. */
export const questionOf = ({ question }: { question: string | null }): string | null =>
  question?.replace(/^(확인해 주세요|please check)\s*:\s*/i, "") ?? null;

/**
 * A note on a style: the server's sentence, or the console's own if that one is in another language
 * than the page.
 */
export function noteWords(w: Words, { code, text, line }: { code: string; text: string; line: number | null }): string {
  const fits = /[가-힣]/.test(text) === (i18next.language !== "en");
  const said = !fits && /^[A-Z_]+$/.test(code) && known("note", code) ? w(`note.${code as "SHEET_PENDING"}`) : text; // checked by known
  return line === null ? said : w("note.line", { n: line, text: said });
}

interface Usage { attempts: number; inputTokens: number; outputTokens: number; estimated: boolean }

/** What questions cost, in words. */
export function usageWords(w: Words, { attempts, inputTokens, outputTokens, estimated }: Usage): string {
  const said = w("usage.of", { attempts: number(attempts), input: number(inputTokens), output: number(outputTokens) });
  return estimated ? `${said} (${w("usage.estimated")})` : said;
}

const faults: [RegExp, keyof typeof wordsKo.models.fault][] = [
  [/^no answer in time/, "timeout"], [/^empty answer/, "empty"], [/^answer too large/, "large"], [/^network error/, "network"],
  [/^no chat completion/, "garbled"], [/context of the model/, "context"], [/takes no pictures/, "pictures"], [/does not see pictures/, "blind"],
  [/too many tokens/, "costly"], [/^the answer was refused/, "refused"], [/^the server has no model/, "model"], [/^the requests of the day/, "budget"],
  [/^status 40[13]\b/, "key"], [/^status 402\b/, "paid"], [/^status (404|3\d\d)\b/, "path"], [/^status 429\b/, "limited"], [/^status (408|5\d\d)\b/, "server"],
];

/** The last fault of a provider in plain words, or undefined if only the server's sentence says it. */
export function faultWords(w: Words, sentence: string): string | undefined {
  const found = faults.find(([form]) => form.test(sentence));
  return found && w(`models.fault.${found[1]}`);
}
