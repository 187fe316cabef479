import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";
import { Bones } from "../components/Bones";
import { Trouble } from "../components/Note";
import { Notes } from "../components/Notes";
import { Page } from "../components/Page";
import { SheetCard } from "../components/SheetCard";
import { StyleLines } from "../components/StyleLines";
import { StylePreview } from "../components/StylePreview";
import { SaveStyleDocument } from "../graphql/documents";
import { PreviewStyleDocument, StyleDocument } from "../graphql/pageDocuments";
import type { NoteRowFragment } from "../graphql/types";
import { clean } from "../hooks/clean";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { isPending, sameNote, useSheet, type SheetState } from "../hooks/useSheet";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { useWordTexts } from "../i18n/words";
import "../styles/forms.css";

/** The style of the sentences: chips and free lines, seen before they are saved, and what became of them. */
export default function StylePage() {
  const { t } = useTranslation();
  const { t: w } = useWordTexts();
  const username = useUser();
  const errorText = useErrorText();
  const [{ data, error }, again] = useQuery({ query: StyleDocument, variables: { username }, requestPolicy: "cache-and-network" });
  return (
    <Page title={t("style.title")} back="/settings" narrow>
      <p className="lead">{w("style.lead")}</p>
      {error && !data
        ? <Trouble text={errorText(error)} onRetry={() => { again({ requestPolicy: "network-only" }); }} />
        : data ? <Style saved={data.user?.custom ?? []} /> : <Bones />}
    </Page>
  );
}

function Style({ saved }: { saved: string[] }) {
  const sheet = useSheet(useUser());
  const [said, setSaid] = useState<NoteRowFragment[]>([]);
  const done = sheet.sheet && !isPending(sheet.sheet);
  const notes = said.filter(({ code }) => code !== "SHEET_PENDING" || !done);
  const keep = (next: NoteRowFragment[]) => {
    setSaid(next);
    sheet.reload();
  };
  return (
    <>
      <Form saved={saved} notes={notes} onEdit={() => { setSaid([]); }} onSaved={keep} />
      <Sheet state={sheet} above={notes} />
    </>
  );
}

interface FormProps {
  saved: string[];
  /** What the server said of the style that was saved last. */
  notes: NoteRowFragment[];
  onEdit: () => void;
  onSaved: (notes: NoteRowFragment[]) => void;
}

function Form({ saved, notes, onEdit, onSaved }: FormProps) {
  const { t: w } = useWordTexts();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const last = useLive().briefings.at(-1);
  const [edited, setLines] = useState<string[]>();
  const lines = edited ?? saved;
  const [problem, setProblem] = useState("");
  const [saving, save] = useMutation(SaveStyleDocument);
  const [previewing, preview] = useMutation(PreviewStyleDocument);
  const wanted = lines.map(clean).filter(Boolean);
  const changed = wanted.join("\n") !== saved.join("\n");
  const input = { username, lines: wanted };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    const { data, error } = await save({ input });
    if (error) { setProblem(errorText(error)); return; }
    toast(w("style.saved"));
    onSaved(data?.saveStyle.notes ?? []);
  };
  const show = async () => {
    setProblem("");
    const { error } = await preview({ input });
    if (error) setProblem(errorText(error));
  };
  return (
    <form onSubmit={(event) => { void submit(event); }}>
      <StyleLines lines={lines} onChange={(next) => { setLines(next); onEdit(); }} />
      <p className="hint">{w("style.hint")}</p>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <StylePreview last={last?.caption} preview={previewing.data?.previewStyle} busy={previewing.fetching} onPreview={() => { void show(); }} />
      <button className="btn go wide" disabled={saving.fetching || !changed}>{w("style.save")}</button>
      <Notes notes={notes} />
    </form>
  );
}

function Sheet({ state: { sheet, error, state, reload, rewrite }, above }: { state: SheetState; above: NoteRowFragment[] }) {
  const { t: w } = useWordTexts();
  const errorText = useErrorText();
  const [problem, setProblem] = useState("");
  const again = async () => {
    setProblem("");
    const refused = await rewrite();
    if (refused) setProblem(errorText(refused));
  };
  if (!sheet) return error ? <Trouble text={errorText(error)} onRetry={reload} /> : <Bones heights={[160]} />;
  return (
    <>
      <SheetCard
        sheet={sheet} notes={sheet.notes.filter((note) => !above.some(sameNote(note)))} state={state && w(`sheet.${state}`)}
        busy={state === "rewriting" || state === "waiting"} onRewrite={() => { void again(); }} onCheck={state === "long" ? reload : undefined}
      />
      {problem && <p className="problem" role="alert">{problem}</p>}
    </>
  );
}
