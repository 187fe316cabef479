import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";

const known = {
  NOT_FOUND: "error.notFound", CONFLICT: "error.conflict", FORBIDDEN: "error.forbidden", UNAUTHENTICATED: "error.forbidden",
  RATE_LIMITED: "error.limited", UNAVAILABLE: "error.unavailable",
} as const;

// The fields of the server's input, by the words that stand beside them on the pages.
const fields = {
  username: "welcome.name", interval: "start.interval", endTime: "start.until", custom: "style.title", lines: "style.title",
  note: "briefing.note", text: "timeline.search", date: "timeline.day",
} as const;

/** Returns a function that says an error in the owner's language, with the next step. */
export function useErrorText() {
  const { t } = useTranslation();
  return (error: CombinedError): string => {
    const first = error.graphQLErrors[0];
    if (!first) {
      // An answer that is not the API's comes from a server in trouble, or from one before it.
      const { status } = (error.response ?? {}) as { status?: number }; // the fetched answer, if there was one
      return t(!status ? "error.network" : status === 429 ? "error.limited" : "error.other");
    }
    const { code, field } = first.extensions;
    if (code === "BAD_USER_INPUT") {
      return typeof field === "string" && field in fields ? t("error.field", { field: t(fields[field as keyof typeof fields]) }) : t("error.input");
    }
    return typeof code === "string" && code in known ? t(known[code as keyof typeof known]) : t("error.other");
  };
}
