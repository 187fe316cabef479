import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { SummaryQuery } from "../graphql/types";
import { clock, day, number, span } from "../i18n/format";

type Figures = NonNullable<SummaryQuery["aiSummary"]["figures"]>;

/** The figures of a request in words. Those of several days name the day of the peak. */
export function FigureList({ figures, days }: { figures: Figures; days?: boolean }) {
  const { t } = useTranslation();
  const { occupiedShare, averagePeople, peak, peakAt, longestEmptyMinutes, offlineMinutes, unchanged, samples } = figures;
  const pairs: [string, string | null][] = [
    [t("summary.occupied"), occupiedShare === null ? null : `${number(occupiedShare * 100)} %`],
    [t("summary.peak"), peakAt === null ? null : t("summary.peakAt", { count: peak, time: `${days ? `${day(peakAt)} ` : ""}${clock(peakAt)}` })],
    [t("summary.average"), averagePeople === null ? null : t("summary.averageOf", { count: Math.round(averagePeople * 10) / 10 })],
    [t("summary.empty"), longestEmptyMinutes === null ? null : span(longestEmptyMinutes * 60)],
    [t("summary.offline"), offlineMinutes > 0 ? span(offlineMinutes * 60) : null],
    [t("summary.samples"), t("unit.times", { count: samples })],
    [t("summary.unchanged"), t("unit.times", { count: unchanged })],
  ];
  return (
    <section className="card">
      <dl className="pairs">{pairs.map(([name, value]) => value !== null && <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}</dl>
      <p className="hint">{t("summary.hint")}</p>
    </section>
  );
}
