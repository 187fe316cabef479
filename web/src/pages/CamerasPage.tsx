import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Bones } from "../components/Bones";
import { CameraLine } from "../components/CameraLine";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import type { CameraRowFragment } from "../graphql/types";
import { isIll, useCameras } from "../hooks/useCameras";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useUser } from "../hooks/useUser";
import { useCameraTexts } from "../i18n/cameras";

/** The owner's cameras with their state, the one that needs attention first. */
export default function CamerasPage() {
  const { t: c } = useCameraTexts();
  const username = useUser();
  const errorText = useErrorText();
  const { cameras, error, reload } = useCameras(username);
  const own = cameras?.filter((camera) => camera.username) ?? [];
  return (
    <Page title={c("title")} back="/settings" narrow>
      {!cameras && (error ? <Trouble text={errorText(error)} onRetry={reload} /> : <Bones heights={[90, 90]} />)}
      {cameras && own.length === 0 && <Note icon="camera" title={c("none")} text={c("noneText")}><Link className="btn go" href="/cameras/new">{c("add")}</Link></Note>}
      {cameras && (
        <ul className="cameras">
          {cameras.map((camera) => <li key={camera.id}><Card camera={camera} /></li>)}
        </ul>
      )}
      {own.length > 0 && <Link className="btn go wide" href="/cameras/new">{c("add")}</Link>}
    </Page>
  );
}

function Card({ camera }: { camera: CameraRowFragment }) {
  const { i18n } = useTranslation();
  const { t: c } = useCameraTexts();
  const live = useLive();
  const detail = i18n.language === "en" ? camera.health.english : camera.health.detail;
  return (
    <Link className="card camera-card" href={`/cameras/${camera.id}`}>
      <span className="options">
        <b>{camera.username ? camera.name : c("default")}</b>
        {live.active.some((r) => r.camera.id === camera.id) && <i className="tag">{c("active")}</i>}
      </span>
      <CameraLine camera={camera} />
      {isIll(camera) && detail && <span>{detail}</span>}
      <span className="soft source">{camera.source ?? c("settingsShort")}</span>
    </Link>
  );
}
