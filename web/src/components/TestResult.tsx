import { useTranslation } from "react-i18next";
import type { TestCameraMutation } from "../graphql/types";
import { useBlobUrl } from "../hooks/useBlobUrl";
import { useCameraTexts } from "../i18n/cameras";
import { number } from "../i18n/format";

export type Test = TestCameraMutation["testCamera"];

/** What one picture of a camera has shown, or the camera's own refusal with the next step. */
export function TestResult({ test, children }: { test: Test; children?: React.ReactNode }) {
  const { t, i18n } = useTranslation();
  const { t: c } = useCameraTexts();
  const picture = useBlobUrl(test.picture);
  const { health } = test;
  const detail = i18n.language === "en" ? health.english : health.detail;
  const title = !test.picture ? c("result.failed") : health.state === "OK" ? c("result.ok") : c("result.dim");
  const changed = health.reason === "CERTIFICATE_CHANGED"; // the sentence has both fingerprints
  const dot = health.state === "OK" ? "dot" : "dot bad";
  return (
    <section className="card tested" role="status" aria-label={title}>
      <h2 className="live"><i className={dot} />{title}</h2>
      {picture && <figure className="shot"><img src={picture} width={test.width ?? undefined} height={test.height ?? undefined} alt={c("result.alt")} /></figure>}
      {detail && <p>{detail}</p>}
      {health.words && !changed && <p className="soft">{c("words", { words: health.words })}</p>}
      <dl className="pairs">
        {test.width !== null && test.height !== null && <><dt>{c("result.size")}</dt><dd>{test.width} × {test.height}</dd></>}
        <dt>{c("result.took")}</dt><dd>{c("result.ms", { ms: number(test.latencyMs) })}</dd>
        <dt>{c("result.state")}</dt><dd>{t(`camera.${health.state}`)}</dd>
      </dl>
      {test.certificate && !changed && <p className="hint figure">{c("result.certificate", { print: prints(test.certificate) })}</p>}
      {children}
    </section>
  );
}

// A fingerprint in groups, because a person compares it.
const prints = (hex: string) => (hex.match(/.{1,4}/g) ?? []).join(" ");
