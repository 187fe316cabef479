import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Sheet } from "../components/Sheet";
import { ExtendDocument } from "../graphql/pageDocuments";
import { useErrorText } from "../hooks/useErrorText";
import { useToast } from "../hooks/useToast";
import { useNow } from "../hooks/useNow";
import { clockWithDay, isoDay, nextClock, shortClock, span } from "../i18n/format";

const steps = [1_800, 3_600, 7_200];

/** Moves the end of the active request. */
export default function ExtendDialog({ requestId, endsAt, onClose }: { requestId: string; endsAt: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const [{ fetching }, extend] = useMutation(ExtendDocument);
  const [time, setTime] = useState(endsAt ? shortClock(endsAt) : "18:00");
  const now = useNow();
  // A time that has passed today means tomorrow.
  const end = time ? nextClock(time, now) : null;
  const [problem, setProblem] = useState("");
  const go = async (endTime: string) => {
    const { data, error } = await extend({ requestId, endTime });
    if (error) { setProblem(errorText(error)); return; }
    if (data?.extendBriefing.endsAt) toast(t("span.until", { time: clockWithDay(data.extendBriefing.endsAt, now) }));
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void go(time);
  };
  return (
    <Sheet title={t("extend.title")} onClose={onClose}>
      {endsAt && <p className="soft">{t("extend.now", { time: clockWithDay(endsAt, now) })}</p>}
      <div className="chips sheet-row">
        {endsAt && steps.map((step) => (
          <button key={step} className="btn" disabled={fetching} onClick={() => { void go(new Date(Date.parse(endsAt) + step * 1_000).toISOString()); }}>
            {t("extend.more", { span: span(step) })}
          </button>
        ))}
      </div>
      <form onSubmit={submit}>
        <label className="label" htmlFor="extend-at">{t("extend.at")}</label>
        <input id="extend-at" className="field figure" type="time" required value={time} onChange={(e) => { setTime(e.target.value); }} aria-describedby="extend-says" />
        <p className="hint figure" id="extend-says">{end !== null && t(isoDay(end) === isoDay(now) ? "start.today" : "start.tomorrow", { span: span((end - now) / 1_000) })}</p>
        {problem && <p className="problem" role="alert">{problem}</p>}
        <div className="sheet-row">
          <button type="button" className="btn" onClick={onClose}>{t("dialog.cancel")}</button>
          <button className="btn go" disabled={fetching}>{t("extend.go")}</button>
        </div>
      </form>
    </Sheet>
  );
}
