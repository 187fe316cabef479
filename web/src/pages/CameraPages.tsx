import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Switch, useParams } from "wouter";
import { Bones } from "../components/Bones";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import type { CameraRowFragment } from "../graphql/types";
import { useCamera } from "../hooks/useCameras";
import { useErrorText } from "../hooks/useErrorText";
import { useUser } from "../hooks/useUser";
import { useCameraTexts } from "../i18n/cameras";
import "../styles/forms.css";
import "../styles/cameras.css";
import CamerasPage from "./CamerasPage";

const CameraPage = lazy(() => import("./CameraPage"));
const CameraFormPage = lazy(() => import("./CameraFormPage"));
const AreasPage = lazy(() => import("./AreasPage"));
const PrivacyPage = lazy(() => import("./PrivacyPage"));
const PhonePage = lazy(() => import("./PhonePage"));
const MissingPage = lazy(() => import("./MissingPage"));

/** The pages of the cameras, by their addresses. */
export default function CameraPages() {
  return (
    <Switch>
      <Route path="/cameras" component={CamerasPage} />
      <Route path="/cameras/new">{() => <CameraFormPage />}</Route>
      <Route path="/cameras/:id">{() => <One page={CameraPage} />}</Route>
      <Route path="/cameras/:id/edit">{() => <One page={CameraFormPage} />}</Route>
      <Route path="/cameras/:id/areas">{() => <One page={AreasPage} />}</Route>
      <Route path="/cameras/:id/privacy">{() => <One page={PrivacyPage} />}</Route>
      <Route path="/cameras/:id/phone">{() => <One page={PhonePage} />}</Route>
      <Route component={MissingPage} />
    </Switch>
  );
}

// Loads the camera of the address for a page.
function One({ page: Shown }: { page: React.ComponentType<{ camera: CameraRowFragment }> }) {
  const { id = "" } = useParams<{ id: string }>();
  const { t } = useTranslation();
  const { t: c } = useCameraTexts();
  const username = useUser();
  const errorText = useErrorText();
  const { camera, error, reload } = useCamera(id, username);
  if (camera) return <Shown key={camera.id} camera={camera} />;
  return (
    <Page title={t("now.camera")} back="/cameras" narrow>
      {error ? <Trouble text={errorText(error)} onRetry={reload} />
        : camera === undefined ? <Bones heights={[200, 110]} />
          : <Note icon="camera" title={c("missing")} text={c("missingText")}><Link className="btn go" href="/cameras">{c("title")}</Link></Note>}
    </Page>
  );
}
