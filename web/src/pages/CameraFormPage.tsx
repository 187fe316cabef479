import { useState, type FormEvent } from "react";
import { useLocation } from "wouter";
import { useMutation } from "urql";
import { CameraForm, useKindWords } from "../components/CameraForm";
import { addressOf, emptyDraft, inputOf, type Draft } from "../components/guides";
import { Page } from "../components/Page";
import { TestResult, type Test } from "../components/TestResult";
import { SaveCameraDocument, TestCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment, SaveCameraInput } from "../graphql/types";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { useCameraTexts } from "../i18n/cameras";

function draftOf(camera: CameraRowFragment | undefined): Draft {
  if (!camera) return emptyDraft;
  const kind = camera.source === "demo:" ? "demo" : camera.source === "push:" ? "phone" : "other";
  return { ...emptyDraft, kind, name: camera.name, address: camera.source ?? "" };
}

/**
 * Adds a camera, or changes its name and address. A test shows the picture first. What is typed
 * stays in this page's memory, because it may have a password.
 */
export default function CameraFormPage({ camera }: { camera?: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const kindWords = useKindWords();
  const username = useUser();
  const toast = useToast();
  const [, go] = useLocation();
  const errorText = useCameraErrorText();
  const [testing, test] = useMutation(TestCameraDocument);
  const [saving, save] = useMutation(SaveCameraDocument);
  const [draft, setDraft] = useState(() => draftOf(camera));
  const [tested, setTested] = useState<Test>();
  const [problem, setProblem] = useState("");
  const pushed = addressOf(draft) === "push:";
  const busy = testing.fetching || saving.fetching;
  const complete = addressOf(draft) !== "";

  // A result is about what was entered then.
  const change = (next: Draft) => {
    setDraft(next);
    setProblem("");
    if (inputKey(next) !== inputKey(draft)) setTested(undefined);
  };
  const input = (): SaveCameraInput => ({ ...inputOf(draft, camera), ...(camera ? {} : { username }) });
  const tryOut = async (more: SaveCameraInput = {}) => {
    setProblem("");
    setTested(undefined);
    const { data, error } = await test({ input: { ...input(), ...more } });
    if (error) setProblem(errorText(error));
    else setTested(data?.testCamera);
  };
  const keep = async () => {
    setProblem("");
    const name = draft.name.trim() || (draft.kind === "other" ? c("form.own") : kindWords(draft.kind).slice(0, 64));
    // A fingerprint is accepted where it was shown with its picture, not with "save anyway".
    const certificate = tested?.picture && tested.certificate ? { certificate: tested.certificate } : {};
    const { data, error } = await save({ input: { ...input(), ...(camera ? {} : { name }), ...certificate } });
    if (error || !data) { setProblem(error ? errorText(error) : ""); return; }
    toast(data.saveCamera.credentialsCleared ? c("form.cleared") : c("form.saved"));
    go(pushed && !camera ? `/cameras/${data.saveCamera.camera.id}/phone` : `/cameras/${data.saveCamera.camera.id}`, { replace: true });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || !complete) return;
    void (pushed || tested?.picture ? keep() : tryOut());
  };
  const again = tested && !tested.picture;
  return (
    <Page title={camera ? c("change") : c("add")} back={camera ? `/cameras/${camera.id}` : "/cameras"} narrow>
      <form onSubmit={submit} autoComplete="off">
        <CameraForm draft={draft} stored={camera} onChange={change} />
        {problem && <p className="problem" role="alert">{problem}</p>}
        <p className="hidden" role="status">{testing.fetching && c("form.testing")}</p>
        {tested && (
          <TestResult test={tested}>
            {tested.health.reason === "CERTIFICATE_CHANGED" && tested.certificate && <button type="button" className="btn wide" disabled={busy} onClick={() => { void tryOut({ certificate: tested.certificate }); }}>{c("result.accept")}</button>}
          </TestResult>
        )}
        <div className="actions">
          {pushed
            ? <button className="btn go wide" disabled={busy}>{camera ? c("form.save") : c("form.create")}</button>
            : tested?.picture
              ? <button className="btn go wide" disabled={busy}>{c("form.save")}</button>
              : <button className="btn go wide" disabled={busy || !complete}>{testing.fetching ? c("form.testing") : c("form.test")}</button>}
          {!pushed && tested?.picture && <button type="button" className="btn wide" disabled={busy} onClick={() => { void tryOut(); }}>{c("form.test")}</button>}
          {!pushed && !tested?.picture && <button type="button" className="btn wide" disabled={busy || !complete} onClick={() => { void keep(); }}>{again ? c("form.anyway") : c("form.untested")}</button>}
        </div>
      </form>
    </Page>
  );
}

// What a test depends on: everything but the name.
const inputKey = (draft: Draft) => JSON.stringify({ ...draft, name: "" });
