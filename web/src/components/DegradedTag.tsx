import { useTranslation } from "react-i18next";

const known = { CAMERA_OFFLINE: "bad", CAMERA_UNREADABLE: "bad", MODEL_UNAVAILABLE: "warn", BUDGET_SPENT: "warn" } as const;

const states = /^CAMERA_(REFUSED|STALE|FROZEN|COVERED|BLURRED|MOVED)$/;

/** Returns the key of the words of a code of `degraded`. */
export function degradedKey(code: string) {
  if (code in known) return `degraded.${code as keyof typeof known}` as const; // checked by in
  const state = states.exec(code)?.[1] as "REFUSED" | undefined; // or another one of the expression
  return state ? `camera.${state}` as const : "degraded.other";
}

/** Returns the words of a code of `degraded`. */
export function useDegradedWords() {
  const { t } = useTranslation();
  return (code: string) => t(degradedKey(code));
}

/** Says why a briefing is less than it could be. */
export function DegradedTag({ code }: { code: string | null }) {
  const words = useDegradedWords();
  if (!code) return null;
  const kind = code in known ? known[code as keyof typeof known] : states.test(code) ? "bad" : "warn";
  return <i className={`tag ${kind}`}>{words(code)}</i>;
}
