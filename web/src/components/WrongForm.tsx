import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { clean } from "../hooks/clean";
import { ignoreComposition } from "../hooks/composition";

interface Props {
  wrong: boolean;
  busy: boolean;
  open: boolean;
  onOpen: () => void;
  onSend: (wrong: boolean, note?: string) => void;
}

/** Marks a briefing as wrong, with a note if the owner likes, or takes the mark back. */
export function WrongForm({ wrong, busy, open, onOpen, onSend }: Props) {
  const { t } = useTranslation();
  const [note, setNote] = useState("");
  if (wrong) {
    return (
      <section className="card" role="status">
        <p>{t("briefing.reported")}</p>
        <button className="link" disabled={busy} onClick={() => { onSend(false); }}>{t("briefing.undoWrong")}</button>
      </section>
    );
  }
  if (!open) return <button className="btn wide" onClick={onOpen}>{t("briefing.wrong")}</button>;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend(true, clean(note) || undefined);
  };
  return (
    <form className="card" onSubmit={submit}>
      <label className="label" htmlFor="wrong-note">{t("briefing.note")}</label>
      <input id="wrong-note" className="field" value={note} maxLength={500} autoFocus onChange={(e) => { setNote(e.target.value); }} onKeyDown={ignoreComposition} />
      <div className="row" style={{ marginTop: 12, marginBottom: 0 }}>
        <button className="btn go" disabled={busy}>{t("briefing.wrong")}</button>
      </div>
    </form>
  );
}
