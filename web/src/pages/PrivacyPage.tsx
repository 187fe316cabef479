import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useState, type FormEvent } from "react";
import { useMutation } from "urql";
import { Page } from "../components/Page";
import { providerId } from "../components/providerId";
import { PreviewEgressDocument, SaveCameraDocument } from "../graphql/pageDocuments";
import type { CameraRowFragment, Egress, KeepFrames } from "../graphql/types";
import { useBlobUrl } from "../hooks/useBlobUrl";
import { useCameraErrorText } from "../hooks/useCameraErrorText";
import { useToast } from "../hooks/useToast";
import { useCameraTexts } from "../i18n/cameras";

const egresses = ["COUNTS", "BLURRED", "FULL"] as const;
const keeps = ["NONE", "LAST", "CHANGED"] as const;

/** Who gets which pictures of a camera, and which are stored. */
export default function PrivacyPage({ camera }: { camera: CameraRowFragment }) {
  const { t: c } = useCameraTexts();
  const toast = useToast();
  const errorText = useCameraErrorText();
  const [{ fetching }, save] = useMutation(SaveCameraDocument);
  const [egress, setEgress] = useState(() => camera.egress.map(({ provider, egress: to }) => ({ provider, egress: to })));
  const [added, setAdded] = useState("");
  const [isUnread, setUnread] = useState(false); // what was added is no address
  const [keep, setKeep] = useState<KeepFrames>(camera.keepFrames);
  const [days, setDays] = useState(String(camera.keepDays));
  const [problem, setProblem] = useState("");
  const add = () => {
    const provider = providerId(added);
    setUnread(provider === undefined);
    if (provider === undefined) return;
    setEgress([...egress.filter((e) => e.provider !== provider), { provider, egress: "COUNTS" }]);
    setAdded("");
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem("");
    const { error } = await save({ input: { id: camera.id, egress, keepFrames: keep, keepDays: Number(days) || 0 } });
    if (error) setProblem(errorText(error));
    else toast(c("keep.saved"));
  };
  return (
    <Page title={c("keep.title")} back={`/cameras/${camera.id}`} narrow>
      <p>{c("keep.lead")}</p>
      <form onSubmit={(e) => { void submit(e); }}>
        <section className="card" style={{ marginTop: 16 }}>
          <h2>{c("keep.who")}</h2>
          <p className="hint">{egress.length === 0 ? c("keep.noProvider") : c("keep.whoText")}</p>
          {egress.map((choice) => (
            <fieldset key={choice.provider} className="provider">
              <legend className="options"><b>{choice.provider}</b></legend>
              <Plain label={choice.provider} value={choice.egress} entries={egresses.map((e) => [e, c(`keep.${e}`), c(`keep.${e}Text`)])} onChange={(next) => { setEgress(egress.map((e) => (e === choice ? { ...e, egress: next as Egress } : e))); }} />{/* one of the entries */}
              <EgressPreview camera={camera} choice={choice} />
              <button type="button" className="link" onClick={() => { setEgress(egress.filter((e) => e !== choice)); }}>{c("keep.removeProvider", { provider: choice.provider })}</button>
            </fieldset>
          ))}
          <label className="label" htmlFor="provider">{c("keep.provider")}</label>
          <input id="provider" className="field" inputMode="url" autoCapitalize="none" autoCorrect="off" spellCheck={false} maxLength={200} placeholder={c("keep.providerPlaceholder")} value={added} aria-invalid={isUnread} aria-describedby={isUnread ? "provider-says" : undefined} onChange={(e) => { setAdded(e.target.value); setUnread(false); }} />
          {isUnread && <p className="problem" id="provider-says" role="alert">{c("keep.badProvider")}</p>}
          <button type="button" className="link" disabled={!added.trim()} onClick={add}>+ {c("keep.addProvider")}</button>
        </section>
        <section className="card">
          <h2 id="keep-frames">{c("keep.frames")}</h2>
          <Plain label={c("keep.frames")} value={keep} entries={keeps.map((k) => [k, c(`keep.${k}`), c(`keep.${k}Text`)])} onChange={(next) => { setKeep(next as KeepFrames); }} />{/* one of the entries */}
          {keep !== "NONE" && (
            <>
              <label className="label" htmlFor="keep-days">{c("keep.days")}</label>
              <input id="keep-days" className="field figure" type="number" inputMode="numeric" min={1} max={30} required value={days} onChange={(e) => { setDays(e.target.value); }} aria-describedby="keep-days-hint" />
              <p className="hint" id="keep-days-hint">{c("keep.daysHint")}</p>
            </>
          )}
        </section>
        <p className="hint">{c("keep.sign")}</p>
        {problem && <p className="problem" role="alert">{problem}</p>}
        <button className="btn go wide" style={{ marginTop: 12 }} disabled={fetching}>{c("keep.save")}</button>
      </form>
    </Page>
  );
}

// Exactly the picture that would leave, or the sentence that none does.
function EgressPreview({ camera, choice: { provider, egress } }: { camera: CameraRowFragment; choice: { provider: string; egress: Egress } }) {
  const { t: c } = useCameraTexts();
  const errorText = useCameraErrorText();
  const [{ data, error, fetching }, ask] = useMutation(PreviewEgressDocument);
  const [of, setOf] = useState<Egress>();
  const shown = of === egress ? data?.testCamera : undefined;
  const picture = useBlobUrl(shown?.leaves);
  if (egress === "COUNTS") return <p className="hint">{c("keep.nothing")}</p>;
  const preview = () => {
    setOf(egress);
    void ask({ input: { id: camera.id }, egress });
  };
  return (
    <>
      <button type="button" className="link" disabled={fetching} onClick={preview}>{fetching ? c("keep.previewing") : c("keep.previewGo")}</button>
      <div role="status">
        {picture && <figure className="shot leaves"><img src={picture} alt={c("keep.previewAlt", { provider })} /><figcaption>{c("keep.preview")}</figcaption></figure>}
        {picture && egress === "BLURRED" && <p className="hint">{c("keep.coarse")}</p>}
        {shown && !shown.leaves && <p className="hint">{shown.picture ? c("keep.nothing") : c("keep.noPicture")}</p>}
        {error && of === egress && <p className="problem">{errorText(error)}</p>}
      </div>
    </>
  );
}

interface PlainProps { label: string; value: string; entries: [string, string, string][]; onChange: (value: string) => void }

// One of a few, each with a sentence about what it means.
function Plain({ label, value, entries, onChange }: PlainProps) {
  return (
    <RadioGroup className="plain" aria-label={label} value={value} onValueChange={(next) => { onChange(String(next)); }}>
      {entries.map(([name, words, text]) => (
        <Radio.Root key={name} value={name} className="choice" aria-label={`${words}. ${text}`}><span><b>{words}</b><small>{text}</small></span></Radio.Root>
      ))}
    </RadioGroup>
  );
}
