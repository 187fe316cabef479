import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMutation, useQuery } from "urql";
import { Page } from "../components/Page";
import { StyleLines } from "../components/StyleLines";
import { CameraNamesDocument } from "../graphql/pageDocuments";
import { SaveStyleDocument, StartDocument } from "../graphql/documents";
import { clean } from "../hooks/clean";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useNow } from "../hooks/useNow";
import { useParam } from "../hooks/useParam";
import { store, stored } from "../hooks/storage";
import { useUser } from "../hooks/useUser";
import { clock, clockWithDay, isoDay, nextClock, number, shortClock, span } from "../i18n/format";
import { useCameraTexts } from "../i18n/cameras";
import "../styles/forms.css";

const intervals = [30, 60, 300, 900];
const cameraKey = "bis.camera"; // the id of the camera of the last start
const ahead = [3_600, 14_400, 28_800];

// A key makes the start safe to repeat. crypto.randomUUID is missing on plain HTTP.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

/** One form for a new request: how often, until when, in which style. */
export default function StartPage() {
  const { t } = useTranslation();
  const { t: c } = useCameraTexts();
  const username = useUser();
  const live = useLive();
  const now = useNow();
  const [, go] = useLocation();
  const errorText = useErrorText();
  const [{ fetching }, start] = useMutation(StartDocument);
  const [choice, setChoice] = useState("60");
  const [free, setFree] = useState("120");
  const [until, setUntil] = useState(() => shortClock(now + 4 * 3_600_000));
  const [problem, setProblem] = useState("");
  const [styling, setStyling] = useState(false);
  const [changed, setLines] = useState<string[]>();
  const [saving, save] = useMutation(SaveStyleDocument);
  const [asked, setAsked] = useParam("camera");
  const [{ data: own }] = useQuery({ query: CameraNamesDocument, variables: { username }, pause: !username, requestPolicy: "cache-and-network" });
  const cameras = own?.cameras ?? [];
  // The camera of the address, or the one of the last start here. One that is gone does not count.
  const cameraId = [asked, stored(cameraKey)].find((id) => cameras.some((known) => known.id === id)) ?? "default";
  const tried = useRef({ of: "", key: "" });

  const interval = Number(choice === "free" ? free : choice);
  const valid = Number.isInteger(interval) && interval >= 1 && interval <= 86_400;
  const end = nextClock(until, now);
  const first = now + (valid ? interval : 0) * 1_000;
  const tomorrow = isoDay(end) !== isoDay(now);
  const late = end < first;
  const saved = live.user?.custom ?? [];
  const lines = changed ?? saved;
  const wanted = lines.map(clean).filter(Boolean);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    if (wanted.join("\n") !== saved.join("\n")) {
      const styled = await save({ input: { username, lines: wanted } });
      if (styled.error) { setProblem(errorText(styled.error)); return; }
    }
    // The same start again keeps its key. Another one needs a key of its own.
    const of = `${String(interval)} ${until} ${cameraId}`;
    if (tried.current.of !== of) tried.current = { of, key: newKey() };
    const { error } = await start({ input: { username, interval, endTime: until, cameraId, key: tried.current.key } });
    if (error) setProblem(errorText(error));
    else {
      store(cameraKey, cameraId);
      go(live.active.length > 0 ? `/?camera=${cameraId}` : "/");
    }
  };

  return (
    <Page title={t("start.title")} back="/" narrow>
      <p className="lead">{t("start.lead")}</p>
      <form onSubmit={(e) => { void submit(e); }}>
        {cameras.length > 1 && (
          <>
            <label className="label" htmlFor="camera">{c("choose")}</label>
            <select id="camera" className="field" value={cameraId} onChange={(e) => { setAsked(e.target.value); }}>
              {cameras.map(({ id, name }) => <option key={id} value={id}>{id === "default" ? c("default") : name}</option>)}
            </select>
          </>
        )}
        <p className="label" id="interval">{t("start.interval")}</p>
        <RadioGroup className="chips" aria-labelledby="interval" value={choice} onValueChange={(value) => { setChoice(String(value)); }}>
          {intervals.map((s) => <Radio.Root key={s} value={String(s)} className="chip">{span(s)}</Radio.Root>)}
          <Radio.Root value="free" className="chip">{t("start.free")}</Radio.Root>
        </RadioGroup>
        {choice === "free" && (
          <>
            <label className="label" htmlFor="free">{t("start.freeLabel")}</label>
            <input id="free" className="field figure" type="number" inputMode="numeric" min={1} max={86_400} required value={free} onChange={(e) => { setFree(e.target.value); }} />
            {!valid && <p className="problem" role="alert">{t("start.badInterval")}</p>}
          </>
        )}
        <label className="label" htmlFor="until">{t("start.until")}</label>
        <input id="until" className="field figure" type="time" required value={until} onChange={(e) => { if (e.target.value) setUntil(e.target.value); }} aria-describedby="until-says" />
        <p className="hint figure" id="until-says">
          {tomorrow ? t("start.tomorrow", { span: span((end - now) / 1_000) }) : t("start.today", { span: span((end - now) / 1_000) })}
        </p>
        <div className="chips" role="group" aria-label={t("start.presets")} style={{ marginTop: 8 }}>
          {ahead.map((s) => <button key={s} type="button" className="chip" onClick={() => { setUntil(shortClock(now + s * 1_000)); }}>{t("start.in", { span: span(s) })}</button>)}
        </div>
        <p className="label">{t("start.style")}</p>
        <p>{wanted.join(" · ") || t("start.styleNone")} {!styling && <button type="button" className="link" disabled={!live.user} onClick={() => { setStyling(true); }}>{t("start.styleEdit")}</button>}</p>
        {styling && <StyleLines lines={lines} onChange={setLines} />}
        <section className="card" style={{ marginTop: 16 }} aria-label={t("start.first")}>
          <dl className="pairs">
            <dt>{t("start.first")}</dt><dd>{valid ? clockWithDay(first, now) : t("unit.none")}</dd>
            <dt>{t("start.until")}</dt><dd>{tomorrow ? t("day.tomorrow") : t("day.today")} {clock(end)}</dd>
            <dt>{t("start.all")}</dt><dd>{valid ? t("unit.times", { count: Math.max(0, Math.floor((end - now) / 1_000 / interval)), formatted: number(interval) }) : t("unit.none")}</dd>
          </dl>
        </section>
        {late && <p className="problem" role="alert">{t("start.tooLate")}</p>}
        {problem && <p className="problem" role="alert">{problem}</p>}
        {live.active.some((r) => r.camera.id === cameraId) && <p className="hint">{t("start.replaces")}</p>}
        <button className="btn go wide" style={{ marginTop: 12, minHeight: 56 }} disabled={fetching || saving.fetching || !valid || late}>{t("start.go")}</button>
      </form>
    </Page>
  );
}
