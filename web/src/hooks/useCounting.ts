import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { CountingDocument } from "../graphql/pageDocuments";
import type { CountingQuery } from "../graphql/types";
import { useCountTexts } from "../i18n/counts";
import type { countsKo } from "../i18n/countsKo";

type Counting = CountingQuery["about"]["counting"];

/**
 * Who counts on this server, and why the configured detector does not: in the server's own
 * sentence, or in English in that of the reason. It is undefined until the server has answered.
 */
export function useCounting(): (Counting & { trouble: string }) | undefined {
  const { i18n } = useTranslation();
  const { t: n } = useCountTexts();
  const [{ data }] = useQuery({ query: CountingDocument, requestPolicy: "cache-and-network" });
  const counting = data?.about.counting;
  if (!counting) return undefined;
  const { wanted, reason, detail } = counting;
  if (!wanted) return { ...counting, trouble: "" };
  if (detail && i18n.language !== "en") return { ...counting, trouble: detail };
  const key = `reasons.${reason ?? ""}`;
  const known = i18n.exists(key, { ns: "counts" }) ? `${n(key as `reasons.${keyof typeof countsKo.reasons}`)} ` : ""; // checked by exists
  return { ...counting, trouble: known + n("instead") };
}
