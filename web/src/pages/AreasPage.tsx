import { useState } from "react";
import { useMutation } from "urql";
import { AreaRow } from "../components/AreaRow";
import { AreaStage } from "../components/AreaStage";
import { areasInput, areasOf, mostAreas, moveArea, rectangle, type Area } from "../components/areas";
import { Choice } from "../components/Choice";
import { CountingHint } from "../components/CountingHint";
import { FoundLayer } from "../components/FoundLayer";
import { FoundWords } from "../components/FoundWords";
import { placeDrawn, type Placed } from "../components/found";
import { Page } from "../components/Page";
import type { Test } from "../components/TestResult";
import { SaveCameraDocument, TestCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment } from "../graphql/types";
import { useBlobUrl } from "../hooks/useBlobUrl";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";
import { useCountTexts } from "../i18n/counts";

interface Drawing { areas: Area[]; before: Area[][] }

/** Masks and zones, drawn on a picture of the camera. */
export default function AreasPage({ camera }: { camera: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [saving, save] = useMutation(SaveCameraDocument);
  const [{ areas, before }, setDrawing] = useState<Drawing>(() => ({ areas: areasOf(camera), before: [] }));
  const [chosen, setChosen] = useState<number>();
  const [kind, setKind] = useState<Area["kind"]>("mask");
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const { fetching, look, shots } = useLook(camera.id, areas, setProblem);
  const shot = shots[kind];
  const picture = useBlobUrl(shot?.picture) ?? camera.lastFrame?.url;

  const ours = areas.filter((a) => a.kind === kind);
  const zones = areas.filter((a) => a.kind === "zone");
  const numberOf = (area: Area) => areas.filter((a) => a.kind === area.kind).findIndex((a) => a.key === area.key) + 1 || areas.filter((a) => a.kind === area.kind).length + 1;
  const words = (area: Area) => area.name || c(area.kind === "mask" ? "area.mask" : "area.zone", { n: numberOf(area) });
  // A new zone has the first number that no other zone has as its name.
  const freshName = () => zones.map((_, n) => n + 1).concat(zones.length + 1).map((n) => c("area.zone", { n })).find((name) => !zones.some((z) => z.name === name)) ?? "";
  const change = (next: Area[], key = chosen) => {
    setProblem("");
    if (next.filter((a) => a.kind === kind).length > mostAreas) { setProblem(c("area.many")); return; }
    const named = next.map((a) => (a.kind === "zone" && !a.name && !areas.some((old) => old.key === a.key) ? { ...a, name: freshName() } : a));
    setDrawing({ areas: named, before: [...before, areas].slice(-100) });
    setChosen(key);
  };
  const undo = () => {
    const last = before.at(-1);
    if (last) setDrawing({ areas: last, before: before.slice(0, -1) });
  };
  const add = () => {
    const at = 0.1 + ((areas.length * 0.07) % 0.5);
    const area = rectangle(kind, kind === "zone" ? freshName() : "", { x: at, y: at }, { x: at + 0.3, y: at + 0.3 });
    change([...areas, area], area.key);
    setSaid(c("area.added", { area: words(area) }));
  };
  const move = (area: Area, by: 1 | -1) => {
    change(moveArea(areas, area.key, by), area.key);
    setSaid(c("area.moved", { area: words(area), n: numberOf(area) + by }));
  };
  const keep = async () => {
    setProblem("");
    const { data, error } = await save({ input: { id: camera.id, ...areasInput(areas) } });
    if (error || !data) { setProblem(error ? errorText(error) : ""); return; }
    setDrawing({ areas: areasOf(data.saveCamera.camera), before: [] });
    setChosen(undefined);
    toast(c("area.saved"));
  };
  const placed = kind === "zone" && shot?.facts ? placeDrawn(shot.facts.boxes, zones) : [];
  return (
    <Page title={c("area.title")} back={`/cameras/${camera.id}`} narrow>
      <p>{kind === "mask" ? c("area.lead") : c("area.zonesText")}</p>
      <Choice label={c("area.what")} value={kind} entries={[["mask", c("area.masks")], ["zone", c("area.zones")]]} onChange={(next) => { setKind(next as Area["kind"]); setChosen(undefined); }} />{/* one of the entries */}
      <p className="hint">{c("area.draw")} {c("area.pointHint")}</p>
      <div className="row" style={{ marginTop: 12 }}>
        <button className="btn" disabled={fetching} onClick={() => { void look(kind); }}>{fetching ? c("area.fetching") : shot ? c("area.again") : c("area.picture")}</button>
        <button className="btn" disabled={before.length === 0} onClick={undo}>{c("area.undo")}</button>
      </div>
      {!picture && <p className="hint">{c("area.noPicture")}</p>}
      <AreaStage areas={areas} chosen={chosen} kind={kind} picture={picture} words={words} onChange={change}>
        {kind === "zone" && shot?.picture && <FoundLayer placed={placed} tiles={shot.tiles} />}
      </AreaStage>
      <p className="hidden" role="status">{said}</p>
      {kind === "zone" && shot?.picture && <Seen shot={shot} placed={placed} names={zones.map(words)} />}
      <section className="card" aria-label={kind === "mask" ? c("area.masks") : c("area.zones")}>
        {ours.length === 0 && <p className="soft">{c("area.none")}</p>}
        {ours.map((area, n) => (
          <AreaRow
            key={area.key} area={area} title={words(area)} chosen={area.key === chosen} n={n} last={n === ours.length - 1}
            onChoose={() => { setChosen(area.key); }}
            onChange={(next) => { change(areas.map((a) => (a.key === next.key ? next : a)), next.key); }}
            onMove={(by) => { move(area, by); }}
            onRemove={() => { change(areas.filter((a) => a.key !== area.key), undefined); }}
          />
        ))}
        <button className="link" disabled={ours.length >= mostAreas} onClick={add}>+ {kind === "mask" ? c("area.addMask") : c("area.addZone")}</button>
      </section>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <button className="btn go wide" disabled={saving.fetching} onClick={() => { void keep(); }}>{c("area.save")}</button>
      {before.length > 0 && <p className="hint">{c("area.unsaved")}</p>}
      {kind === "zone" && <CountingHint />}
    </Page>
  );
}

// Takes pictures of the camera. That for masks leaves them out, because what they hide must be seen
// to be covered. That for zones has them as they are drawn, because what they hide does not count.
function useLook(id: string, areas: Area[], setProblem: (problem: string) => void) {
  const { t: c } = useCameraTexts();
  const errorText = useCameraErrorText();
  const [{ fetching }, test] = useMutation(TestCameraDocument);
  const [shots, setShots] = useState<Partial<Record<Area["kind"], Test>>>({});
  const look = async (kind: Area["kind"]) => {
    setProblem("");
    const { data, error } = await test({ input: { id, masks: kind === "mask" ? null : areasInput(areas).masks ?? null } });
    if (error) setProblem(errorText(error));
    else if (!data?.testCamera.picture) setProblem(c("area.noPicture"));
    else setShots((old) => ({ ...old, [kind]: data.testCamera }));
  };
  return { fetching, look, shots };
}

// What the last picture has shown, counted in the zones as they are drawn now.
function Seen({ shot, placed, names }: { shot: Test; placed: Placed[]; names: string[] }) {
  const { t: c } = useCameraTexts();
  const { t: n } = useCountTexts();
  const busy = shot.tiles?.busy.filter(Boolean).length;
  return (
    <section className="card" role="status" aria-label={c("area.seen")}>
      <h2>{c("area.seen")}</h2>
      {shot.facts?.people == null ? <p className="soft">{c("area.uncounted")}</p> : <FoundWords placed={placed} names={names} />}
      {placed.length > 0 && <p className="hint">{n("foot")}</p>}
      <p className="hint">{busy === undefined ? c("area.noTiles") : busy > 0 ? c("area.tiles", { count: busy }) : c("area.calm")}</p>
    </section>
  );
}
