import { useState } from "react";
import { useMutation } from "urql";
import { AreaStage } from "../components/AreaStage";
import { addPoint, areasInput, areasOf, mostAreas, mostPoints, rectangle, removePoint, type Area } from "../components/areas";
import { Choice } from "../components/Choice";
import { Page } from "../components/Page";
import { SaveCameraDocument, TestCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment } from "../graphql/types";
import { useBlobUrl } from "../hooks/useBlobUrl";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";

interface Drawing { areas: Area[]; before: Area[][] }

/** Masks and zones, drawn on a picture of the camera. */
export default function AreasPage({ camera }: { camera: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [testing, test] = useMutation(TestCameraDocument);
  const [saving, save] = useMutation(SaveCameraDocument);
  const [{ areas, before }, setDrawing] = useState<Drawing>(() => ({ areas: areasOf(camera), before: [] }));
  const [chosen, setChosen] = useState<number>();
  const [kind, setKind] = useState<Area["kind"]>("mask");
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  // The test leaves the masks out, because what they hide must be seen to be covered.
  const fresh = useBlobUrl(testing.data?.testCamera.picture);
  const picture = fresh ?? camera.lastFrame?.url;

  const numberOf = (area: Area) => areas.filter((a) => a.kind === area.kind).findIndex((a) => a.key === area.key) + 1 || areas.filter((a) => a.kind === area.kind).length + 1;
  const words = (area: Area) => area.name || c(area.kind === "mask" ? "area.mask" : "area.zone", { n: numberOf(area) });
  const change = (next: Area[], key = chosen) => {
    setProblem("");
    if (next.filter((a) => a.kind === kind).length > mostAreas) { setProblem(c("area.many")); return; }
    const named = next.map((a) => (a.kind === "zone" && !a.name && !areas.some((old) => old.key === a.key) ? { ...a, name: words(a) } : a));
    setDrawing({ areas: named, before: [...before, areas].slice(-100) });
    setChosen(key);
  };
  const undo = () => {
    const last = before.at(-1);
    if (last) setDrawing({ areas: last, before: before.slice(0, -1) });
  };
  const add = () => {
    const at = 0.1 + ((areas.length * 0.07) % 0.5);
    const area = rectangle(kind, "", { x: at, y: at }, { x: at + 0.3, y: at + 0.3 });
    change([...areas, area], area.key);
    setSaid(c("area.added", { area: words(area) }));
  };
  const replace = (area: Area) => { change(areas.map((a) => (a.key === area.key ? area : a)), area.key); };
  const shoot = async () => {
    setProblem("");
    const { data, error } = await test({ input: { id: camera.id, masks: null } });
    if (error) setProblem(errorText(error));
    else if (!data?.testCamera.picture) setProblem(c("area.noPicture"));
  };
  const keep = async () => {
    setProblem("");
    const { data, error } = await save({ input: { id: camera.id, ...areasInput(areas) } });
    if (error || !data) { setProblem(error ? errorText(error) : ""); return; }
    setDrawing({ areas: areasOf(data.saveCamera.camera), before: [] });
    setChosen(undefined);
    toast(c("area.saved"));
  };
  const ours = areas.filter((a) => a.kind === kind);
  return (
    <Page title={c("area.title")} back={`/cameras/${camera.id}`} narrow>
      <p>{c("area.lead")}</p>
      <Choice label={c("area.what")} value={kind} entries={[["mask", c("area.masks")], ["zone", c("area.zones")]]} onChange={(next) => { setKind(next as Area["kind"]); setChosen(undefined); }} />{/* one of the entries */}
      {kind === "zone" && <p className="hint">{c("area.zonesText")}</p>}
      <p className="hint">{c("area.draw")} {c("area.pointHint")}</p>
      <div className="row" style={{ marginTop: 12 }}>
        <button className="btn" disabled={testing.fetching} onClick={() => { void shoot(); }}>{testing.fetching ? c("area.fetching") : c("area.picture")}</button>
        <button className="btn" disabled={before.length === 0} onClick={undo}>{c("area.undo")}</button>
      </div>
      {!picture && <p className="hint">{c("area.noPicture")}</p>}
      <AreaStage areas={areas} chosen={chosen} kind={kind} picture={picture} words={words} onChange={change} />
      <p className="hidden" role="status">{said}</p>
      <section className="card" aria-label={kind === "mask" ? c("area.masks") : c("area.zones")}>
        {ours.length === 0 && <p className="soft">{c("area.none")}</p>}
        {ours.map((area) => (
          <div key={area.key} className="area" role="group" aria-label={words(area)}>
            <button className="name" aria-pressed={area.key === chosen} onClick={() => { setChosen(area.key); }}>{words(area)} <small className="soft">{c("area.corners", { count: area.points.length })}</small></button>
            <button className="link" disabled={area.points.length >= mostPoints} onClick={() => { replace(addPoint(area)); }}>{c("area.addPoint")}</button>
            <button className="link" disabled={area.points.length <= 3} onClick={() => { replace(removePoint(area, area.points.length - 1)); }}>{c("area.removePoint")}</button>
            <button className="link" onClick={() => { change(areas.filter((a) => a.key !== area.key), undefined); }}>{c("area.remove")}</button>
            {area.kind === "zone" && <input className="field" aria-label={c("area.name")} value={area.name} maxLength={64} onChange={(e) => { replace({ ...area, name: e.target.value }); }} />}
          </div>
        ))}
        <button className="link" disabled={ours.length >= mostAreas} onClick={add}>+ {kind === "mask" ? c("area.addMask") : c("area.addZone")}</button>
      </section>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <button className="btn go wide" disabled={saving.fetching} onClick={() => { void keep(); }}>{c("area.save")}</button>
      {before.length > 0 && <p className="hint">{c("area.unsaved")}</p>}
    </Page>
  );
}
