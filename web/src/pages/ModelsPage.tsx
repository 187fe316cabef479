import { useQuery } from "urql";
import { Bones } from "../components/Bones";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { ProviderCard } from "../components/ProviderCard";
import { UsageCard } from "../components/UsageCard";
import { serverNow } from "../graphql/clock";
import { EgressOfDocument, ProvidersDocument, UsageDaysDocument } from "../graphql/pageDocuments";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useUser } from "../hooks/useUser";
import { isoDay, shiftDay } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import "../styles/forms.css";
import "../styles/words.css";

const modes = ["COUNTS", "BLURRED", "FULL"] as const;

/** The models that this server asks: whether they answer, what they get, and what they cost. */
export default function ModelsPage() {
  const { t: w } = useWordTexts();
  const username = useUser();
  const errorText = useErrorText();
  useLive(); // draws the days again once the shop's zone is known
  const [{ data, error }, again] = useQuery({ query: ProvidersDocument, requestPolicy: "network-only" });
  const [cameras] = useQuery({ query: EgressOfDocument, variables: { username }, pause: !username, requestPolicy: "cache-and-network" });
  const today = isoDay(serverNow());
  const [used] = useQuery({ query: UsageDaysDocument, variables: { username, from: shiftDay(today, -29), to: today }, pause: !username, requestPolicy: "network-only" });
  const providers = data?.providers;
  const reload = () => { again({ requestPolicy: "network-only" }); };
  if (!providers) {
    return <Page title={w("models.title")} back="/settings" narrow>{error ? <Trouble text={errorText(error)} onRetry={reload} /> : <Bones heights={[60, 200, 160]} />}</Page>;
  }
  return (
    <Page title={w("models.title")} back="/settings" narrow>
      <p className="lead">{w("models.lead")}</p>
      {providers.length === 0 && <Note title={w("models.none")} text={w("models.noneText")} />}
      {providers.map((provider, n) => <ProviderCard key={n} provider={provider} providers={providers.map((p) => p.id)} first={n === 0} cameras={cameras.data?.cameras ?? []} />)}
      {providers.length > 0 && <Leaves />}
      {used.data && <UsageCard days={used.data.usage} today={today} />}
    </Page>
  );
}

// What a provider gets, by what the privacy of a camera allows.
function Leaves() {
  const { t: w } = useWordTexts();
  return (
    <section className="card facts" aria-labelledby="leaves">
      <h2 id="leaves">{w("models.leaves")}</h2>
      <p>{w("models.leavesStyle")}</p>
      <dl className="modes">
        {modes.map((mode) => <div key={mode}><dt><b>{w(`models.modes.${mode}`)}</b></dt><dd>{w(`models.modeText.${mode}`)}</dd></div>)}
      </dl>
      <p className="hint">{w("models.leavesCheck")}</p>
    </section>
  );
}
