import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { DayStrip } from "../components/DayStrip";
import { filterLines, fold, searchLines, unfold, type Kind } from "../components/fold";
import { Note } from "../components/Note";
import { PeopleStrip } from "../components/PeopleStrip";
import type { Point } from "../components/Strip";
import { TimelineList } from "../components/TimelineList";
import { TimelineTools } from "../components/TimelineTools";
import { MarkSeenDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useParam, useTypedParam } from "../hooks/useParam";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import "../styles/timeline.css";

interface Props {
  rows: Briefing[];
  loading: boolean;
  /** The id of the briefing that is shown beside the list. */
  chosen?: string;
  /** The people of the whole day, if the rows are those of a day. */
  day?: Point[] | undefined;
  /** The names of the cameras by request, if the rows are those of several. */
  cameras?: ReadonlyMap<string, string> | undefined;
}

/** Briefings as folded lines, with a strip of people over time, and filters that stand in the address. */
export function Timeline({ rows, loading, chosen, day, cameras }: Props) {
  const { t } = useTranslation();
  const live = useLive();
  const username = useUser();
  const wrong = useMemo(() => rows.filter((b) => b.reportedWrong).length, [rows]);
  const [kind, setKind] = useParam("kind", "all");
  const [text, setText] = useTypedParam("text");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [goTo, setGoTo] = useState<{ at: number }>();
  const seen = useSeen(rows.at(-1)?.at);
  const folded = useMemo(() => fold(rows), [rows]);
  const lines = useMemo(() => {
    const left = filterLines(folded, kind as Kind); // an unknown kind in the address filters nothing
    return text.trim() ? searchLines(left, text) : unfold(left, open);
  }, [folded, open, kind, text]);
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
      {day ? <DayStrip points={day} onJump={(at) => { setGoTo({ at }); }} /> : <PeopleStrip rows={rows} onJump={(at) => { setGoTo({ at }); }} />}
      <TimelineTools
        kind={kind} onKind={setKind} text={text} onText={setText} unseen={unseen} onMarkSeen={username ? seen.mark : undefined}
        onUnseen={() => { setGoTo({ at: Date.parse(seen.at ?? "") }); }}
      />
      <p className="hidden" role="status">{(kind !== "all" || text.trim()) && t("timeline.count", { count: lines.length })}</p>
      <p className="soft figure">{t("timeline.count", { count: rows.length })}{wrong > 0 && ` · ${t("timeline.wrong", { count: wrong })}`}{loading && ` · ${t("timeline.more")}`}</p>
      {lines.length === 0
        ? <Note icon="timeline" title={t("timeline.noMatch")}><button className="btn" onClick={() => { setKind("all"); setText(""); }}>{t("timeline.clear")}</button></Note>
        : <TimelineList
            lines={lines} open={open} onToggle={toggle} chosen={chosen} seconds={close} goTo={goTo} seenAt={seen.at} cameras={cameras}
            authors={live.wording !== undefined && live.wording !== "template"}
          />}
    </>
  );
}

// The mark "seen" of the server. Its new time is that of the newest row, because this device's
// clock may be ahead of the server's, which refuses a time in the future.
function useSeen(newest: string | undefined) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const at = useLive().user?.seenAt;
  const [, markSeen] = useMutation(MarkSeenDocument);
  const mark = async () => {
    if (!newest) return;
    const { error } = await markSeen({ username, at: newest });
    toast(error ? errorText(error) : t("timeline.seen"));
  };
  return { at, mark: () => { void mark(); } };
}
