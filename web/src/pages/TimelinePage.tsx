import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { useMutation } from "urql";
import { Bones } from "../components/Bones";
import { DayBar } from "../components/DayBar";
import { filterLines, fold, unfold, type Kind } from "../components/fold";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { PeopleStrip } from "../components/PeopleStrip";
import { TimelineList } from "../components/TimelineList";
import { TimelineTools } from "../components/TimelineTools";
import { offers } from "../graphql/client";
import { serverNow } from "../graphql/clock";
import { MarkSeenDocument } from "../graphql/documents";
import type { Briefing } from "../graphql/reading";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useParam } from "../hooks/useParam";
import { merge, useDayRows, useRequestRows } from "../hooks/useRows";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { day, isoDay } from "../i18n/format";
import "../styles/timeline.css";

const hasDays = offers("Query.dayBriefings");

/** The briefings of a day, or those of one request. */
export default function TimelinePage() {
  const { request: requestId = "" } = useParams<{ request?: string }>();
  const { t } = useTranslation();
  const username = useUser();
  const live = useLive();
  const errorText = useErrorText();
  const [date, setDate] = useParam("date", isoDay(serverNow()));
  const byDay = !requestId && hasDays;
  const shownRequest = requestId || (byDay ? "" : (live.request?.id ?? ""));
  const ofDay = useDayRows(byDay ? username : "", date);
  const ofRequest = useRequestRows(shownRequest);
  const { rows: stored, loading, error, reload } = byDay ? ofDay : ofRequest;
  const fresh = live.briefings.filter((b) => (byDay ? isoDay(b.at) === date : b.requestId === shownRequest));
  const newest = fresh.at(-1)?.id;
  // Live briefings arrive one by one; merging again for each keeps what was read already.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const rows = useMemo(() => merge(stored, fresh), [stored, newest]);
  const first = rows[0];
  const title = requestId && first ? day(first.at) : t("timeline.title");
  const aside = byDay ? <DayBar date={date} today={isoDay(serverNow())} onChange={setDate} /> : undefined;
  return (
    <Page title={title} narrow aside={aside} {...(requestId ? { back: "/requests" } : {})}>
      {rows.length === 0 && loading && <Bones heights={[110, 60, 60, 60, 60]} />}
      {rows.length === 0 && error && <Trouble text={errorText(error)} onRetry={reload} />}
      {rows.length === 0 && !loading && !error && (
        <Note icon="timeline" title={t("timeline.none")} text={t("timeline.noneText")}>
          <Link className="btn" href="/requests">{t("timeline.requests")}</Link>
        </Note>
      )}
      {rows.length > 0 && <Timeline rows={rows} loading={loading} />}
    </Page>
  );
}

function Timeline({ rows, loading }: { rows: Briefing[]; loading: boolean }) {
  const { t } = useTranslation();
  const live = useLive();
  const [kind, setKind] = useParam("kind", "all");
  const [text, setText] = useParam("text");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [goTo, setGoTo] = useState<number>();
  const seen = useSeen();
  const folded = useMemo(() => fold(rows), [rows]);
  const lines = useMemo(
    () => filterLines(unfold(folded, open), kind as Kind, text), // an unknown kind in the address filters nothing
    [folded, open, kind, text],
  );
  const toggle = (key: string) => {
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  };
  const unseen = seen.at ? rows.filter((b) => Date.parse(b.at) > Date.parse(seen.at ?? "")).length : 0;
  const close = rows.length > 1 && Date.parse(rows[1]?.at ?? "") - Date.parse(rows[0]?.at ?? "") < 60_000;
  return (
    <>
      <PeopleStrip rows={rows} onJump={setGoTo} />
      <TimelineTools
        kind={kind} onKind={setKind} text={text} onText={setText} unseen={unseen} onMarkSeen={seen.mark}
        onUnseen={() => { setGoTo(Date.parse(seen.at ?? "")); }}
      />
      <p className="soft figure" role="status">{t("timeline.count", { count: rows.length })}{loading && ` · ${t("timeline.more")}`}</p>
      {lines.length === 0
        ? <Note icon="timeline" title={t("timeline.noMatch")}><button className="btn" onClick={() => { setKind("all"); setText(""); }}>{t("timeline.clear")}</button></Note>
        : <TimelineList
            lines={lines} open={open} onToggle={toggle} chosen={undefined} seconds={close} goTo={goTo} seenAt={seen.at}
            authors={live.wording !== undefined && live.wording !== "template"}
          />}
    </>
  );
}

// The mark "seen" of the server. Without it nothing is unseen.
function useSeen() {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const at = useLive().user?.seenAt;
  const [, markSeen] = useMutation(MarkSeenDocument);
  const mark = async () => {
    const { error } = await markSeen({ username, at: new Date(serverNow() - 1_000).toISOString() });
    toast(error ? errorText(error) : t("timeline.seen"));
  };
  return { at, mark: offers("Mutation.markSeen") ? () => { void mark(); } : undefined };
}
