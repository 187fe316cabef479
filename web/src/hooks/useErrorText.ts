import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";

const known = {
  NOT_FOUND: "error.notFound", CONFLICT: "error.conflict", FORBIDDEN: "error.forbidden", UNAUTHENTICATED: "error.forbidden",
  RATE_LIMITED: "error.limited", UNAVAILABLE: "error.unavailable",
} as const;

/** Returns a function that says an error in the owner's language, with the next step. */
export function useErrorText() {
  const { t } = useTranslation();
  return (error: CombinedError): string => {
    const first = error.graphQLErrors[0];
    if (!first) return t("error.network");
    const code = first.extensions.code;
    if (code === "BAD_USER_INPUT") return t("error.input", { message: first.message });
    return typeof code === "string" && code in known ? t(known[code as keyof typeof known]) : t("error.other");
  };
}
