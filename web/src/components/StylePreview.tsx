import { useTranslation } from "react-i18next";

interface Props {
  before: string | undefined;
  after: string | undefined;
  busy: boolean;
  /** Absent if the server cannot write a preview. */
  onPreview?: () => void;
}

/** The last briefing in the style of now, and beside it in the new one. */
export function StylePreview({ before, after, busy, onPreview }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card compare" aria-live="polite">
      {before && <div><h2>{after ? t("style.before") : t("style.last")}</h2><p>{before}</p></div>}
      {after && <div className="new"><h2>{t("style.after")}</h2><p>{after}</p></div>}
      {onPreview
        ? <button type="button" className="btn" disabled={busy} onClick={onPreview}>{t("style.preview")}</button>
        : <p className="hint">{t("style.previewNext")}</p>}
    </section>
  );
}
