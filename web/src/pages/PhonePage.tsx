import { useEffect, useState } from "react";
import { Link } from "wouter";
import { useMutation } from "urql";
import { Choice } from "../components/Choice";
import { Note } from "../components/Note";
import { Page } from "../components/Page";
import { Places } from "../components/Places";
import { CreateFrameTokenDocument, RevokeFrameTokenDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment } from "../graphql/types";
import { useAwake } from "../hooks/useAwake";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { permitOf } from "../hooks/sender";
import { useSender } from "../hooks/useSender";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";
import { clock, span } from "../i18n/format";

const intervals = ["5", "10", "15", "60"];

/** This phone or laptop as the camera. */
export default function PhonePage({ camera }: { camera: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const back = `/cameras/${camera.id}`;
  if (camera.source !== "push:") {
    return <Page title={c("cam.title")} back={back} narrow><Note icon="camera" title={camera.name} text={c("cam.notPush")}><Link className="btn go" href="/cameras/new">{c("add")}</Link></Note></Page>;
  }
  if (!(navigator.mediaDevices as MediaDevices | undefined)) { // missing on plain HTTP
    return (
      <Page title={c("cam.title")} back={back} narrow>
        <section className="card" role="note"><p><b>{c("cam.insecure")}</b></p><p className="hint">{c("cam.insecureHow")}</p></section>
        <Places />
      </Page>
    );
  }
  return <Sender camera={camera} />;
}

function Sender({ camera }: { camera: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [creating, create] = useMutation(CreateFrameTokenDocument);
  const [, revoke] = useMutation(RevokeFrameTokenDocument);
  const [every, setEvery] = useState("10");
  const [problem, setProblem] = useState("");
  const { video, sending, count, lastAt, slept, stream, begin, stop } = useSender(camera.id, Number(every));
  const { state } = sending;
  const running = ["asking", "sending", "ended", "away", "refused", "busy"].includes(state);
  const awake = useAwake(running);
  const name = camera.name;
  const mark = state === "sending" ? c("cam.titleSending") : c("cam.titleStopped");
  useEffect(() => { document.title = `${mark} · ${name}`; }, [mark, name]);

  const start = async () => {
    setProblem("");
    if (permitOf(camera.id)) { begin(); return; }
    const { data, error } = await create({ cameraId: camera.id });
    if (error || !data) setProblem(error ? errorText(error) : "");
    else begin({ token: data.createFrameToken.token, url: data.createFrameToken.url });
  };
  const withdraw = async () => {
    setProblem("");
    stop();
    const { error } = await revoke({ cameraId: camera.id });
    if (error) setProblem(errorText(error));
    else toast(c("cam.revokedNow"));
  };
  const trouble = state === "away" ? c("cam.away", { time: clock(sending.since) })
    : state === "revoked" || state === "denied" || state === "noCamera" || state === "inUse" || state === "ended" || state === "refused" || state === "busy" ? c(`cam.${state}`) : "";
  return (
    <Page title={c("cam.title")} back={`/cameras/${camera.id}`} narrow>
      <p>{c("cam.lead")}</p>
      <section className="card" style={{ marginTop: 16 }} aria-label={name}>
        <p className="sending" role="status">
          <i className={state === "sending" ? "dot" : running ? "dot warn" : trouble ? "dot bad" : "dot off"} />
          {state === "sending" ? c("cam.sending") : state === "asking" ? c("cam.asking") : c("cam.stopped")}
        </p>
        <p className="soft figure">{!running && c("cam.stoppedText")} {count > 0 ? c("cam.sent", { count, time: clock(lastAt) }) : running && c("cam.first")}</p>
        {trouble && <p className="problem" role="alert">{trouble}</p>}
        {!trouble && slept && <p className="problem" role="alert">{c("cam.hidden", { from: clock(slept.from), to: clock(slept.to) })}</p>}
        <video ref={video} className="self" playsInline muted hidden={!stream} aria-label={c("cam.preview")} />
        {running && <p className="hint">{awake ? c("cam.awake") : c("cam.asleep")}</p>}
      </section>
      <Choice label={c("cam.every")} value={every} entries={intervals.map((s) => [s, span(Number(s))])} onChange={setEvery} />
      <p className="hint">{c("cam.everyHint")}</p>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        {running
          ? <button className="btn bad wide" onClick={stop}>{c("cam.stop")}</button>
          : <button className="btn go wide" disabled={creating.fetching} onClick={() => { void start(); }}>{state === "idle" ? c("cam.begin") : c("cam.resume")}</button>}
        {camera.hasFrameToken && <button className="btn wide" onClick={() => { void withdraw(); }}>{c("cam.revoke")}</button>}
      </div>
      <p className="hint">{camera.hasFrameToken && !running ? c("cam.taken") : c("cam.token")}</p>
    </Page>
  );
}
