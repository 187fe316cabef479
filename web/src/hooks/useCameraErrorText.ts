import { useTranslation } from "react-i18next";
import type { CombinedError } from "urql";
import { useCameraTexts } from "../i18n/cameras";
import { useErrorText } from "./useErrorText";

const fields = ["source", "name", "credentials", "masks", "zones", "egress", "keepDays", "certificate", "keepFrames"] as const;

/** Like useErrorText, for changes of cameras. The server's own sentence is more exact than the page's. */
export function useCameraErrorText() {
  const { i18n } = useTranslation();
  const { t: c } = useCameraTexts();
  const errorText = useErrorText();
  return (error: CombinedError): string => {
    const { message = "", extensions } = error.graphQLErrors[0] ?? {};
    if (extensions?.code === "CONFLICT") return c("inUse");
    if (extensions?.code === "RATE_LIMITED") return c("error.busy");
    if (extensions?.code !== "BAD_USER_INPUT") return errorText(error);
    if (extensions.reason === "TOO_MANY_CAMERAS") return c("full");
    if (i18n.language !== "en" && typeof extensions.detail === "string") return extensions.detail;
    const field = fields.find((name) => name === extensions.field);
    if (!field) return errorText(error);
    return i18n.language === "en" ? `${c(`error.${field}`)} ${c("error.said", { message })}` : c(`error.${field}`);
  };
}
