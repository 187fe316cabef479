import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMutation, useQuery } from "urql";
import { Announcer } from "../components/Announcer";
import { Answer } from "../components/Answer";
import { Bones } from "../components/Bones";
import { CameraLine } from "../components/CameraLine";
import { FirstWait } from "../components/FirstWait";
import { LiveState } from "../components/LiveState";
import { NextRun } from "../components/NextRun";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { Shot } from "../components/Shot";
import { Strip } from "../components/Strip";
import { CameraDocument, RunNowDocument } from "../graphql/documents";
import { peopleOf, type Briefing } from "../graphql/reading";
import type { RequestRowFragment } from "../graphql/types";
import { useConnection } from "../hooks/useConnection";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useNow } from "../hooks/useNow";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { shortClock } from "../i18n/format";

const CameraHelp = lazy(() => import("../components/CameraHelp"));
const AgainCard = lazy(() => import("./AgainCard"));
const CameraSwitch = lazy(() => import("./CameraSwitch"));
const EndDialog = lazy(() => import("./EndDialog"));
const ExtendDialog = lazy(() => import("./ExtendDialog"));

/** The answer at a glance: what is going on in the shop now. */
export function NowPage() {
  const { t } = useTranslation();
  const live = useLive();
  const connection = useConnection();
  const now = useNow();
  const username = useUser();
  const errorText = useErrorText();
  const { request, briefings } = live;
  const last = briefings.at(-1);
  const active = request?.active ?? false;
  const state = <LiveState connection={live.interrupted ? "reconnecting" : connection} active={active} asOf={last?.at} stale={live.stale} />;
  if (live.loading && !request) return <Page title={username} aside={state}><Bones heights={[200, 150, 110]} /></Page>;
  if (live.error && !live.stale) {
    return <Page title={username} narrow><Trouble text={errorText(live.error)} onRetry={live.reload} /></Page>;
  }
  if (!request) {
    return (
      <Page title={username} narrow aside={state}>
        <Note title={t("now.nothing")} text={t("now.nothingText")}><Link className="btn go" href="/start">{t("now.start")}</Link></Note>
      </Page>
    );
  }
  return (
    <Page title={username} news={active ? last?.headline : null} aside={state} narrow={!live.camera}>
      <Announcer id={last?.id} text={[last?.caption, last?.question].join(" ")} />
      {live.stale && <p className="card soft" role="status">{live.error?.graphQLErrors.length ? errorText(live.error) : t("now.offline")}</p>}
      {live.active.length > 1 && <Suspense fallback={null}><CameraSwitch requests={live.active} chosen={request.id} /></Suspense>}
      <div className={live.camera ? "beside" : ""}>
        <Picture key={request.id} caption={last?.caption ?? ""} at={last?.at} />
        <div>
          {last
            ? <Answer briefing={last} now={now} authors={live.wording !== undefined && live.wording !== "template"}><Link className="link" href={`/r/${last.requestId}/${last.id}`}>{t("briefing.why")}</Link></Answer>
            : <FirstWait request={request} now={now} />}
          {active && <Actions request={request} />}
          {active
            ? <section className="card" aria-label={t("nav.now")}>
                <NextRun request={request} now={now} />
                <Lately briefings={briefings} />
              </section>
            : <Suspense fallback={null}><AgainCard request={request} /></Suspense>}
        </div>
      </div>
    </Page>
  );
}

function Lately({ briefings }: { briefings: Briefing[] }) {
  const { t } = useTranslation();
  const first = briefings[0];
  const last = briefings.at(-1);
  if (!first || !last || briefings.length < 3) return null;
  const from = Date.parse(first.at);
  const to = Date.parse(last.at);
  return (
    <Strip label={t("now.recent")} from={from} to={to} points={briefings.map((b) => ({ at: Date.parse(b.at), people: peopleOf(b) }))}>
      <figcaption className="hours"><span>{shortClock(from)}</span><span>{t("now.recent")}</span><span>{shortClock(to)}</span></figcaption>
    </Strip>
  );
}

// The camera is asked again with each new briefing, because each run takes a picture.
function Picture({ caption, at }: { caption: string; at: string | undefined }) {
  const live = useLive();
  const [{ data }, ask] = useQuery({ query: CameraDocument, variables: { id: live.camera?.id ?? "" }, pause: true });
  useEffect(() => {
    if (at) ask({ requestPolicy: "network-only" });
  }, [at, ask]);
  const camera = data?.camera ?? live.camera;
  if (!camera) return null;
  const { state } = camera.health;
  // Before the first briefing the page says already that it is on its way.
  const ill = state !== "OK" && (state !== "UNKNOWN" || at);
  return (
    <div>
      {camera.lastFrame
        ? <Shot frame={camera.lastFrame} caption={caption}><CameraLine camera={camera} /></Shot>
        : <CameraLine camera={camera} />}
      {ill && <Suspense fallback={null}><CameraHelp camera={camera} /></Suspense>}
    </div>
  );
}

function Actions({ request: { id: requestId, endsAt, camera } }: { request: RequestRowFragment }) {
  const { t } = useTranslation();
  const toast = useToast();
  const errorText = useErrorText();
  const [running, runNow] = useMutation(RunNowDocument);
  const [open, setOpen] = useState<"" | "end" | "extend">("");
  const close = () => { setOpen(""); };
  const run = async () => {
    const { error } = await runNow({ requestId });
    if (error) toast(errorText(error));
  };
  return (
    <>
      <div className="row">
        <button className="btn go" disabled={running.fetching} onClick={() => { void run(); }}>{t("now.runNow")}</button>
        <button className="btn" onClick={() => { setOpen("extend"); }}>{t("now.extend")}</button>
        <button className="btn bad" onClick={() => { setOpen("end"); }}>{t("now.end")}</button>
      </div>
      <Suspense fallback={null}>
        {open === "end" && <EndDialog cameraId={camera.id} onClose={close} />}
        {open === "extend" && <ExtendDialog requestId={requestId} endsAt={endsAt} onClose={close} />}
      </Suspense>
    </>
  );
}
