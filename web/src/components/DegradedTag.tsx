import { useTranslation } from "react-i18next";

const known = { CAMERA_OFFLINE: "bad", CAMERA_UNREADABLE: "bad", MODEL_UNAVAILABLE: "warn" } as const;

/** Returns the key of the words of a code of `degraded`. */
export const degradedKey = (code: string) => (code in known ? `degraded.${code as keyof typeof known}` as const : "degraded.other"); // checked by in

/** Returns the words of a code of `degraded`. */
export function useDegradedWords() {
  const { t } = useTranslation();
  return (code: string) => t(degradedKey(code));
}

/** Says why a briefing is less than it could be. */
export function DegradedTag({ code }: { code: string | null }) {
  const words = useDegradedWords();
  if (!code) return null;
  const kind = code in known ? known[code as keyof typeof known] : "warn";
  return <i className={`tag ${kind}`}>{words(code)}</i>;
}
