import { Link } from "wouter";
import type { EgressOfQuery, ProvidersQuery } from "../graphql/types";
import { number } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import { egressOf } from "./egressOf";
import { faultWords } from "./words";

type Provider = ProvidersQuery["providers"][number];
type Camera = EgressOfQuery["cameras"][number];

const tags = { UNTRIED: "tag plain", OK: "tag", FAILING: "tag warn", PAUSED: "tag warn", OPEN: "tag bad" };

/** A provider of models: whether it answers, what it can do, and which cameras let it have pictures. */
export function ProviderCard({ provider, providers, first, cameras }: { provider: Provider; providers: string[]; first: boolean; cameras: Camera[] }) {
  const { t: w } = useWordTexts();
  const { id, model, seesPictures, medianMs, state, lastError } = provider;
  return (
    <section className="card facts" aria-label={model}>
      <p className="soft">{first ? w("models.first") : w("models.second")}</p>
      <h2>{model} <i className={tags[state]}>{w(`models.states.${state}`)}</i></h2>
      <p>{w(`models.stateText.${state}`)}</p>
      <dl className="pairs block">
        <dt>{w("models.host")}</dt><dd className="source">{id}</dd>
        <dt>{w("models.sees")}</dt><dd>{w(seesPictures === null ? "models.unchecked" : seesPictures ? "models.yes" : "models.no")}</dd>
        <dt>{w("models.median")}</dt><dd>{medianMs === null ? w("models.untimed") : w("models.seconds", { s: number(medianMs / 1_000, 1) })}</dd>
      </dl>
      {lastError && <LastFault sentence={lastError} />}
      {cameras.length > 0 && <Cameras provider={id} providers={providers} cameras={cameras} />}
    </section>
  );
}

// The fault in the page's words. The server's sentence, which is English, says it more exactly.
function LastFault({ sentence }: { sentence: string }) {
  const { t: w } = useWordTexts();
  const words = faultWords(w, sentence);
  return (
    <>
      <h3>{w("models.last")}</h3>
      {words && <p>{words}</p>}
      <p className="soft source"><span lang="en">{sentence}</span></p>
    </>
  );
}

function Cameras({ provider, providers, cameras }: { provider: string; providers: string[]; cameras: Camera[] }) {
  const { t: w } = useWordTexts();
  return (
    <>
      <h3>{w("models.cameras")}</h3>
      <ul>
        {cameras.map(({ id, name, egress }) => {
          const mode = w(`models.modes.${egressOf(egress, provider, providers) ?? "COUNTS"}`);
          // The camera of the settings has no privacy of its own.
          return id === "default"
            ? <li key={id} className="entry">{w("models.camera", { camera: w("models.settingsCamera"), mode })}</li>
            : <li key={id}><Link className="entry" href={`/cameras/${id}/privacy`}>{w("models.camera", { camera: name || w("models.unnamed"), mode })}<span aria-hidden="true">›</span></Link></li>;
        })}
      </ul>
    </>
  );
}
