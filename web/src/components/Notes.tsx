import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { noteWords } from "./words";

/** What of a style cannot be honoured, or not yet. */
export function Notes({ notes }: { notes: { code: string; text: string; line: number | null }[] }) {
  const { t: w } = useWordTexts();
  return (
    <div role="status">
      {notes.length > 0 && (
        <ul className="notes" aria-label={w("note.label")}>
          {notes.map((note, n) => <li key={n}>{noteWords(w, note)}</li>)}
        </ul>
      )}
    </div>
  );
}
