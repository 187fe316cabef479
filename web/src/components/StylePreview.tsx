import type { PreviewStyleMutation } from "../graphql/types";
import { clock, day, isoDay } from "../i18n/format";
import { serverNow } from "../graphql/clock";
import { useWordTexts } from "../i18n/words";
import "../styles/words.css";
import { Notes } from "./Notes";

interface Props {
  /** The last briefing, until there is a preview. */
  last: string | undefined;
  preview: PreviewStyleMutation["previewStyle"] | undefined;
  busy: boolean;
  onPreview: () => void;
}

/** The last briefing and those of the last day in the style of now, and beside them in the new one. */
export function StylePreview({ last, preview, busy, onPreview }: Props) {
  const { t: w } = useWordTexts();
  const before = preview?.before ?? last;
  return (
    <section className="card compare">
      {before && <div><h2>{preview ? w("style.before") : w("style.last")}</h2><p>{before}</p></div>}
      {preview && <div className="new"><h2>{w("style.after")}</h2><p>{preview.after}</p></div>}
      {preview && preview.samples.length > 0 && <Samples samples={preview.samples} />}
      {preview && <Notes notes={preview.notes} />}
      <button type="button" className="btn" disabled={busy} onClick={onPreview}>{w("style.preview")}</button>
      <p className={busy ? "hint" : "hidden"} role="status">{busy ? w("style.previewing") : preview ? w("style.shown") : ""}</p>
    </section>
  );
}

function Samples({ samples }: { samples: PreviewStyleMutation["previewStyle"]["samples"] }) {
  const { t: w } = useWordTexts();
  const today = isoDay(serverNow());
  return (
    <div className="samples">
      <h2 id="samples">{w("style.samples")}</h2>
      <ul className="samples" aria-labelledby="samples">
        {samples.map(({ briefing: { id, at, caption }, after }) => (
          <li key={id}>
            <time className="soft figure" dateTime={at}>{isoDay(at) === today ? clock(at) : `${day(at)} ${clock(at)}`}</time>
            <p><span className="hidden">{w("style.before")}: </span>{caption}</p>
            <p className="new"><span className="hidden">{w("style.after")}: </span>{after}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
