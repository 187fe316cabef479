import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";
import { Link } from "wouter";
import { CameraLine } from "../components/CameraLine";
import { CountingHint } from "../components/CountingHint";
import { Page } from "../components/Page";
import { Shot } from "../components/Shot";
import { SaveCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment } from "../graphql/types";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useLive } from "../hooks/useLive";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";

const RemoveDialog = lazy(() => import("./RemoveDialog"));

/** One camera: what it shows, its state, and everything that can be changed. */
export default function CameraPage({ camera }: { camera: CameraRowFragment }) {
  const { i18n } = useTranslation();
  const { t: c } = useCameraTexts();
  const live = useLive();
  const [removing, setRemoving] = useState(false);
  const { id, health, source } = camera;
  const own = camera.username !== null;
  const name = own ? camera.name : c("default");
  const detail = i18n.language === "en" ? health.english : health.detail;
  const active = live.active.some((r) => r.camera.id === id);
  const at = `/cameras/${id}`;
  return (
    <Page title={name} back="/cameras" narrow>
      {camera.lastFrame ? <Shot frame={camera.lastFrame} caption=""><CameraLine camera={camera} /></Shot> : <CameraLine camera={camera} />}
      <section className="card" aria-label={c("address")}>
        {detail && <p>{detail}</p>}
        {health.words && health.reason !== "CERTIFICATE_CHANGED" && <p className="soft">{c("words", { words: health.words })}</p>}
        <dl className="pairs">
          {source !== null && <><dt>{c("address")}</dt><dd className="source">{source}</dd></>}
          {own && source !== "push:" && source !== "demo:" && <><dt>{c("login")}</dt><dd>{camera.hasCredentials ? c("loginSaved") : c("loginNone")}</dd></>}
          {camera.certificate && <><dt>{c("certificate")}</dt><dd>{camera.certificate.slice(0, 16)}…</dd></>}
          {source === "push:" && <><dt>{c("device")}</dt><dd>{camera.hasFrameToken ? c("deviceOn") : c("deviceOff")}</dd></>}
        </dl>
        {!own && <p className="hint">{c("settings")}</p>}
        {own && health.state === "MOVED" && <RightView id={id} />}
        <CountingHint />
      </section>
      <div className="row">
        {active ? <Link className="btn go" href={`/?camera=${id}`}>{c("watch")}</Link> : <Link className="btn go" href={`/start?camera=${id}`}>{c("start")}</Link>}
      </div>
      <nav className="card" aria-label={name}>
        {source === "push:" && <Entry href={`${at}/phone`}>{c("phone")}</Entry>}
        {own && <Entry href={`${at}/edit`}>{c("change")}</Entry>}
        {own && <Entry href={`${at}/areas`} aside={c("areasCount", { masks: camera.masks.length, zones: camera.zones.length })}>{c("areas")}</Entry>}
        {own && <Entry href={`${at}/privacy`}>{c("privacy")}</Entry>}
        <Entry href={`/timeline?camera=${id}`}>{c("history")}</Entry>
      </nav>
      {own && <button className="btn bad wide" onClick={() => { setRemoving(true); }}>{c("remove")}</button>}
      <Suspense fallback={null}>{removing && <RemoveDialog camera={camera} onClose={() => { setRemoving(false); }} />}</Suspense>
    </Page>
  );
}

// A save of a camera that has moved accepts what it shows now.
function RightView({ id }: { id: string }) {
  const { t: c } = useCameraTexts();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [{ fetching }, save] = useMutation(SaveCameraDocument);
  const accept = async () => {
    const { error } = await save({ input: { id } });
    toast(error ? errorText(error) : c("viewSaved"));
  };
  return <button className="btn wide" disabled={fetching} onClick={() => { void accept(); }}>{c("viewRight")}</button>;
}

function Entry({ href, aside, children }: { href: string; aside?: string; children: string }) {
  return <Link className="entry" href={href}><span>{children}{aside && <small className="soft"> {aside}</small>}</span><span aria-hidden="true">›</span></Link>;
}
