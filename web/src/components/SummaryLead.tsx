import { useTranslation } from "react-i18next";
import type { SummaryQuery } from "../graphql/types";
import { clock, day, span } from "../i18n/format";

/** The day in one or two sentences, from the figures. Those of several days name the day of the peak. */
export function SummaryLead({ figures, days }: { figures: NonNullable<SummaryQuery["aiSummary"]["figures"]>; days?: boolean }) {
  const { t } = useTranslation();
  const { peak, peakAt, counted, offlineMinutes } = figures;
  if (counted === 0 && offlineMinutes === 0) return null;
  const busy = peak > 0 && peakAt ? t("summary.leadBusy", { count: peak, time: `${days ? `${day(peakAt)} ` : ""}${clock(peakAt)}` }) : counted > 0 ? t("summary.leadEmpty") : "";
  const offline = offlineMinutes > 0 ? t("summary.leadOffline", { span: span(offlineMinutes * 60) }) : "";
  return <p className="lead">{[busy, offline].filter(Boolean).join(" ")}</p>;
}
