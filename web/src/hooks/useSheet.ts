import { useCallback, useEffect, useState } from "react";
import { useMutation, useQuery, type CombinedError } from "urql";
import { RewriteStyleDocument, StyleSheetDocument } from "../graphql/pageDocuments";
import type { NoteRowFragment, SheetRowFragment } from "../graphql/types";

const every = 3_000; // milliseconds from one question to the next
const most = 60; // questions, so three minutes: more than a model gets by default

/** Whether a note says the same as another. */
export const sameNote = (a: NoteRowFragment) => (b: NoteRowFragment) => a.code === b.code && a.line === b.line;

/** Whether a model still writes the lines of the style. */
export const isPending = (sheet: SheetRowFragment) => sheet.verdict === "PENDING" || sheet.notes.some(({ code }) => code === "SHEET_PENDING");

export interface SheetState {
  sheet: SheetRowFragment | undefined;
  error: CombinedError | undefined;
  /** What goes on: the mutation is under way, a model writes, it takes too long, or new lines came. */
  state: "" | "rewriting" | "waiting" | "long" | "rewritten";
  /** Asks the server once more, and waits for the model again. */
  reload: () => void;
  /** Asks the model for new lines, and returns an error if the server refuses. */
  rewrite: () => Promise<CombinedError | undefined>;
}

/**
 * The lines of the user's style. While a model writes them, the server is asked again and again, for
 * three minutes at most. A page in the background does not ask. The notes on new lines that did not
 * come stay until the next save or question.
 */
export function useSheet(username: string): SheetState {
  const [{ data, error }, again] = useQuery({ query: StyleSheetDocument, variables: { username }, requestPolicy: "cache-and-network" });
  const [{ fetching: rewriting }, send] = useMutation(RewriteStyleDocument);
  const [round, setRound] = useState(0);
  const [over, setOver] = useState(false);
  const [before, setBefore] = useState<string | null>(); // when the lines before the new ones were written
  const [answer, setAnswer] = useState<SheetRowFragment>();
  const stored = data?.styleSheet;
  const fresh = stored !== undefined && before !== undefined && stored.madeAt !== null && stored.madeAt !== before;
  const pending = stored !== undefined && (isPending(stored) || (answer !== undefined && isPending(answer) && !fresh));
  const ask = useCallback(() => { again({ requestPolicy: "network-only" }); }, [again]);
  useEffect(() => {
    if (!pending || rewriting) return;
    let left = most;
    const timer = setInterval(() => {
      if (document.visibilityState === "hidden") return;
      if (left-- > 0) { ask(); return; }
      clearInterval(timer);
      setOver(true);
    }, every);
    return () => { clearInterval(timer); };
  }, [pending, rewriting, round, ask]);
  const start = useCallback(() => {
    setOver(false);
    setRound((n) => n + 1);
    ask();
  }, [ask]);
  const reload = useCallback(() => {
    setBefore(undefined);
    setAnswer(undefined);
    start();
  }, [start]);
  const rewrite = async () => {
    setBefore(stored?.madeAt ?? null);
    setAnswer(undefined);
    const result = await send({ username });
    if (result.error) return result.error;
    setAnswer(result.data?.rewriteStyle);
    start();
    return undefined;
  };
  const failed = fresh ? [] : answer?.notes.filter((note) => note.code !== "SHEET_PENDING" && !stored?.notes.some(sameNote(note))) ?? [];
  return {
    sheet: stored && { ...stored, notes: [...stored.notes, ...failed] },
    error,
    state: rewriting ? "rewriting" : pending ? (over ? "long" : "waiting") : fresh ? "rewritten" : "",
    reload,
    rewrite,
  };
}
