import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { useQuery } from "urql";
import { Bones } from "../components/Bones";
import { FigureList } from "../components/FigureList";
import { hoursOf } from "../components/figures";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { SummaryLead } from "../components/SummaryLead";
import { PeopleStrip } from "../components/PeopleStrip";
import { RequestDocument } from "../graphql/documents";
import { SummaryDocument } from "../graphql/pageDocuments";
import { saveFile, toCSV, toJSON } from "../hooks/exports";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useRequestRows, type Rows } from "../hooks/useRows";
import { copy, useShare } from "../hooks/useShare";
import { useToast } from "../hooks/useToast";
import { clock, clockWithDay, day, isoDay } from "../i18n/format";
import "../styles/forms.css";

const HourChart = lazy(() => import("../components/HourChart"));

/** The summary of a request; without one in the address, of the latest. */
export default function SummaryPage() {
  const { request = "" } = useParams<{ request?: string }>();
  const { t } = useTranslation();
  const live = useLive();
  const id = request || (live.request?.id ?? "");
  const back = request ? { back: `/r/${request}` } : {};
  if (!id) {
    return (
      <Page title={t("summary.title")} {...back}>
        {live.loading ? <Bones /> : <Note icon="summary" title={t("summary.none")} text={t("summary.noneText")}><Link className="btn go" href="/">{t("error.home")}</Link></Note>}
      </Page>
    );
  }
  return <Whole key={id} id={id} back={back} />;
}

function Whole({ id, back }: { id: string; back: { back?: string } }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [{ data, error, fetching }, again] = useQuery({ query: SummaryDocument, variables: { requestId: id }, requestPolicy: "cache-and-network" });
  const [of] = useQuery({ query: RequestDocument, variables: { requestId: id } });
  const rows = useRequestRows(id);
  const request = of.data?.request;
  const end = request && (request.endedAt ?? rows.rows.at(-1)?.at ?? request.startedAt);
  const range = request && end && `${day(request.startedAt)} ${clock(request.startedAt)}–${clockWithDay(end, Date.parse(request.startedAt))}`;
  const days = Boolean(end && isoDay(end) !== isoDay(request.startedAt));
  const summary = data?.aiSummary;
  // The text of a template ends with the advice already.
  const advice = summary?.advice.filter((a) => !summary.text.includes(a.text)) ?? [];
  const hours = useMemo(() => summary?.figures?.hours ?? hoursOf(rows.rows), [summary, rows.rows]);
  return (
    <Page title={t("summary.title")} {...back}>
      <p className="soft figure">{range}</p>
      {error && !data && <Trouble text={errorText(error)} onRetry={() => { again({ requestPolicy: "network-only" }); }} />}
      {!data && fetching && <Bones heights={[120, 220]} />}
      {summary && (
        <div className="beside">
          <div>
            {summary.figures && <SummaryLead figures={summary.figures} days={days} />}
            <section className="card">
              <p className="said">{summary.text}</p>
              <p className="when figure">{t("summary.by", { source: summary.source === "template" ? t("summary.template") : summary.source, time: clock(summary.generatedAt) })}</p>
            </section>
            {summary.figures && <FigureList figures={summary.figures} days={days} />}
            {advice.length > 0 && (
              <section className="card advice"><h2>{t("summary.advice")}</h2><ul>{advice.map((a) => <li key={a.rule + a.text}>{a.text}</li>)}</ul></section>
            )}
          </div>
          <div>
            {hours.length > 0 && (
              <section className="card"><h2>{t("summary.chart")}</h2><Suspense fallback={<div className="chart" />}><HourChart hours={hours} /></Suspense></section>
            )}
            <PeopleStrip rows={rows.rows} />
            {rows.error && <Trouble text={`${t("timeline.partial")} ${errorText(rows.error)}`} onRetry={rows.reload} />}
            <Outs text={summary.text} id={id} rows={rows} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Outs({ text, id, rows }: { text: string; id: string; rows: Rows }) {
  const { t } = useTranslation();
  const toast = useToast();
  const share = useShare();
  const [{ data }] = useQuery({ query: RequestDocument, variables: { requestId: id } });
  const partial = rows.loading || rows.error !== undefined;
  const name = `bis-${data?.request ? isoDay(data.request.startedAt) : id}`;
  return (
    <div className="row" role="group" aria-label={t("summary.save")}>
      <button className="btn small" onClick={() => { void copy(text).then(() => { toast(t("briefing.copied")); }); }}>{t("summary.copy")}</button>
      <button className="btn small" onClick={() => { void share(text); }}>{t("summary.share")}</button>
      <button className="btn small" disabled={partial} onClick={() => { saveFile(`${name}.csv`, "text/csv;charset=utf-8", toCSV(rows.rows)); }}>{t("summary.csv")}</button>
      <button className="btn small" disabled={partial} onClick={() => { saveFile(`${name}.json`, "application/json", toJSON(data?.request ?? null, rows.rows)); }}>{t("summary.json")}</button>
      <button className="btn small" onClick={() => { window.print(); }}>{t("summary.print")}</button>
    </div>
  );
}
