import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { RequestRowFragment } from "../graphql/types";
import { clock, clockWithDay, day, isoDay, span } from "../i18n/format";

/** One earlier request: when, its figures, and how it ended. */
export function RequestCard({ request }: { request: RequestRowFragment }) {
  const { t } = useTranslation();
  const { id, active, startedAt, endReason, interval, ticks } = request;
  const end = request.endedAt ?? request.endsAt;
  const to = end ? (isoDay(end) === isoDay(startedAt) ? clock(end) : clockWithDay(end, Date.parse(startedAt))) : t("unit.none");
  return (
    <article className="card">
      <h2 className="figure">{day(startedAt)} {active && <i className="tag">{t("requests.active")}</i>}</h2>
      <p className="figure">{t("requests.range", { from: clock(startedAt), to })}</p>
      <p className="soft figure">
        {[
          t("span.every", { span: span(interval) }), t("now.done", { count: ticks.done }),
          ticks.skipped > 0 && t("now.skipped", { count: ticks.skipped }), ticks.missed > 0 && t("now.missed", { count: ticks.missed }),
          ticks.unchanged > 0 && t("now.unchanged", { count: ticks.unchanged }),
          !active && endReason && t(`reason.${endReason}`),
        ].filter(Boolean).join(" · ")}
      </p>
      <div className="row" style={{ margin: "12px 0 0" }}>
        <Link className="btn" href={`/r/${id}`}>{t("requests.timeline")}</Link>
        <Link className="btn" href={`/r/${id}/summary`}>{t("requests.summary")}</Link>
      </div>
    </article>
  );
}
