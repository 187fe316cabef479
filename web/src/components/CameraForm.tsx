import { useTranslation } from "react-i18next";
import { useCameraTexts } from "../i18n/cameras";
import { Choice } from "./Choice";
import { addressOf, guides, templateOf, type Draft, type Guide, type Kind } from "./guides";

interface Props {
  draft: Draft;
  /** Whether the camera is stored, and whether a login is stored with it. */
  stored?: { hasCredentials: boolean } | undefined;
  onChange: (draft: Draft) => void;
}

/** The words of a kind of camera. */
export function useKindWords() {
  const { t: c } = useCameraTexts();
  return (kind: Kind) => (guides[kind] as Guide).brand ?? c(`kind.${kind as "other" | "demo" | "phone" | "noname" | "app"}`); // those without a brand
}

/** Name, kind, address and login of a camera. */
export function CameraForm({ draft, stored, onChange }: Props) {
  const { t: c } = useCameraTexts();
  const kindWords = useKindWords();
  const set = (more: Partial<Draft>) => { onChange({ ...draft, ...more }); };
  const guide: Guide = guides[draft.kind];
  const template = templateOf(draft);
  const address = addressOf(draft, true);
  const away = draft.kind === "phone" || draft.kind === "demo";
  return (
    <>
      <Text id="camera-name" label={c("form.name")} value={draft.name} placeholder={c("form.namePlaceholder")} maxLength={64} onChange={(name) => { set({ name }); }} />
      {!stored && (
        <>
          <label className="label" htmlFor="camera-kind">{c("form.kind")}</label>
          <select id="camera-kind" className="field" value={draft.kind} onChange={(e) => { set({ kind: e.target.value as Kind }); }}>{/* one of the options */}
            {(Object.keys(guides) as Kind[]).map((kind) => <option key={kind} value={kind}>{kindWords(kind)}</option>)}{/* keys of a constant object */}
          </select>
        </>
      )}
      {away && <p className="hint">{draft.kind === "phone" ? c("form.phoneText") : c("form.demoText")}</p>}
      {!stored && guide.hint && <p className="hint">{c(`guide.${guide.hint}`)}</p>}
      {!away && (
        <>
          {guide.picture && guide.stream && (
            <Choice label={c("form.way")} value={draft.way} entries={[["picture", c("form.picture")], ["stream", c("form.stream")]]} onChange={(way) => { set({ way: way as Draft["way"] }); }} /> // one of the entries
          )}
          {template
            ? <Text id="camera-host" label={c("form.host")} hint={c("form.hostHint")} value={draft.host} placeholder={c("form.hostPlaceholder")} url onChange={(host) => { set({ host }); }} />
            : <Text id="camera-address" label={c("form.address")} hint={c("form.addressHint")} value={draft.address} placeholder="http://192.168.0.10/snapshot.jpg" url onChange={(value) => { set({ address: value }); }} />}
          {template?.includes("NAME") && <Text id="camera-part" label={c("form.part")} value={draft.part} onChange={(part) => { set({ part }); }} />}
          {template?.includes("TOKEN") && <Text id="camera-token" label={c("form.token")} value={draft.token} secret onChange={(token) => { set({ token }); }} />}
          {template && address && <p className="hint figure">{c("form.full", { address })}</p>}
          {guide.login && <Login draft={draft} kept={stored?.hasCredentials ?? false} set={set} />}
        </>
      )}
    </>
  );
}

function Login({ draft, kept, set }: { draft: Draft; kept: boolean; set: (more: Partial<Draft>) => void }) {
  const { t: c } = useCameraTexts();
  return (
    <>
      <Text id="camera-user" label={c("form.user")} value={draft.user} onChange={(user) => { set({ user, forget: false }); }} />
      <Text id="camera-password" label={draft.kind === "ezviz" ? c("form.code") : c("form.password")} hint={`${c("form.loginHint")} ${kept ? c("form.loginKept") : ""}`.trim()} value={draft.password} secret onChange={(password) => { set({ password, forget: false }); }} />
      {kept && <label className="tick"><input type="checkbox" checked={draft.forget} onChange={(e) => { set({ forget: e.target.checked, user: "", password: "" }); }} />{c("form.forget")}</label>}
    </>
  );
}

interface TextProps {
  id: string;
  label: string;
  value: string;
  hint?: string;
  placeholder?: string;
  maxLength?: number;
  url?: boolean;
  secret?: boolean;
  onChange: (value: string) => void;
}

// A field whose value no browser completes, corrects or remembers.
function Text({ id, label, value, hint, placeholder, maxLength = 2_000, url, secret, onChange }: TextProps) {
  const { t } = useTranslation();
  return (
    <>
      <label className="label" htmlFor={id}>{label}</label>
      <input
        id={id} className="field" type={secret ? "password" : "text"} inputMode={url ? "url" : "text"} value={value} placeholder={placeholder ?? t("unit.none")} maxLength={maxLength}
        autoComplete={secret ? "new-password" : "off"} autoCapitalize="none" autoCorrect="off" spellCheck={false} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(e) => { onChange(e.target.value); }}
      />
      {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
    </>
  );
}
