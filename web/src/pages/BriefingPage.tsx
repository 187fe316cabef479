import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { useMutation, useQuery } from "urql";
import { Answer } from "../components/Answer";
import { Bones } from "../components/Bones";
import { BriefingShot } from "../components/BriefingShot";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { Places } from "../components/Places";
import { Why } from "../components/Why";
import { WrongForm } from "../components/WrongForm";
import { serverNow } from "../graphql/clock";
import { RequestDocument } from "../graphql/documents";
import { BriefingDocument, NeighboursDocument, ReportBriefingDocument, ZonesOfDocument } from "../graphql/pageDocuments";
import type { Briefing } from "../graphql/reading";
import type { BriefingQuery } from "../graphql/types";
import { inKakaoTalk } from "../hooks/place";
import { marks } from "../hooks/marks";
import { useErrorText } from "../hooks/useErrorText";
import { useNow } from "../hooks/useNow";
import { useFresh, useRequestRows } from "../hooks/useRows";
import { useShare } from "../hooks/useShare";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { useLive } from "../hooks/useLive";
import { useWide } from "../hooks/useWide";
import { clock, day, isoDay } from "../i18n/format";
import { Timeline } from "./Timeline";
import "../styles/timeline.css";

/** One briefing, also opened from a message: the sentence, and why it says that. */
export default function BriefingPage() {
  const { request: requestId = "", briefing: id = "" } = useParams<{ request: string; briefing: string }>();
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [{ data, fetching, error }, reload] = useQuery({ query: BriefingDocument, variables: { id } });
  const briefing = data?.briefing;
  const wide = useWide();
  useLive(); // draws the times again once the shop's zone is known
  const back = `/r/${requestId}`;
  if (!briefing) {
    return (
      <Page title={t("briefing.title")} back={back} narrow>
        {fetching ? <Bones />
          : error ? <Trouble text={errorText(error)} onRetry={() => { reload({ requestPolicy: "network-only" }); }} />
          : <Note icon="timeline" title={t("briefing.missing")} text={t("briefing.missingText")}><Link className="btn" href="/">{t("error.home")}</Link></Note>}
      </Page>
    );
  }
  return (
    <Page title={`${day(briefing.at)} ${clock(briefing.at)}`} news={briefing.headline} back={wide ? "/timeline" : back} narrow={!wide}>
      {wide
        ? <div className="beside list"><Beside requestId={requestId} chosen={id} /><div className="stay"><Whole briefing={briefing} /></div></div>
        : <Whole briefing={briefing} />}
    </Page>
  );
}

// On a wide screen the timeline stands beside the briefing.
function Beside({ requestId, chosen }: { requestId: string; chosen: string }) {
  const { rows, loading } = useFresh(useRequestRows(requestId), (b) => b.requestId === requestId);
  return <div>{rows.length > 0 ? <Timeline rows={rows} loading={loading} chosen={chosen} /> : <Bones heights={[110, 60, 60, 60]} />}</div>;
}

function Whole({ briefing }: { briefing: NonNullable<BriefingQuery["briefing"]> }) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const live = useLive();
  const share = useShare();
  const username = useUser();
  const [of] = useQuery({ query: RequestDocument, variables: { requestId: briefing.requestId } });
  const zoned = briefing.facts?.counts.some((c) => c.zone) ?? false;
  const [places] = useQuery({ query: ZonesOfDocument, variables: { requestId: briefing.requestId }, pause: !zoned });
  const zones = places.data?.request?.camera.zones ?? [];
  // A message is read later, so a day that is not today is written out.
  const shared = () => {
    const time = `${isoDay(briefing.at) === isoDay(serverNow()) ? "" : `${day(briefing.at)} `}${clock(briefing.at)}`;
    return t("briefing.shareText", { name: of.data?.request?.username ?? t("app.name"), time, caption: briefing.caption });
  };
  return (
    <>
      <Answer briefing={briefing} now={now} authors={live.wording !== undefined && live.wording !== "template"} />
      {briefing.frame && <BriefingShot key={briefing.frame.id} briefing={briefing} frame={briefing.frame} zones={zones} />}
      <Steps briefing={briefing} />
      <Why briefing={briefing} zones={zones} />
      <div className="row">
        <button className="btn go" onClick={() => { void share(shared(), location.href); }}>
          {t("briefing.share")}
        </button>
      </div>
      <Report key={briefing.id} briefing={briefing} />
      {(inKakaoTalk() || !username) && <Places short />}
    </>
  );
}

function Steps({ briefing }: { briefing: Briefing }) {
  const { t } = useTranslation();
  const [{ data, error }] = useQuery({
    query: NeighboursDocument, variables: { requestId: briefing.requestId, cursor: briefing.cursor }, requestPolicy: "cache-and-network",
  });
  if (error && !data) return null; // not known is not the same as none
  const before = data?.before.edges[0]?.node;
  const after = data?.after.edges[0]?.node;
  const step = (other: Briefing | undefined, words: string) => other
    ? <Link className="btn" href={`/r/${other.requestId}/${other.id}`}><span>{words}<small className="figure">{clock(other.at)}</small></span></Link>
    : <span className="btn" aria-disabled="true"><span>{words}<small>{t("unit.none")}</small></span></span>;
  return <nav className="steps" aria-label={t("briefing.runs")}>{step(before, `‹ ${t("briefing.previous")}`)}{step(after, `${t("briefing.next")} ›`)}</nav>;
}

function Report({ briefing }: { briefing: Briefing }) {
  const toast = useToast();
  const errorText = useErrorText();
  const [{ fetching }, report] = useMutation(ReportBriefingDocument);
  const [open, setOpen] = useState(false);
  const send = async (wrong: boolean, note?: string) => {
    const { error } = await report({ briefingId: briefing.id, wrong, note: note ?? null });
    if (error) { toast(errorText(error)); return; }
    marks.add({ id: briefing.id, wrong });
    setOpen(false);
  };
  return <WrongForm wrong={briefing.reportedWrong} busy={fetching} open={open} onOpen={() => { setOpen(true); }} onSend={(wrong, note) => { void send(wrong, note); }} />;
}
