import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { Bones } from "../components/Bones";
import { DayBar } from "../components/DayBar";
import { DayStrip } from "../components/DayStrip";
import type { Point } from "../components/Strip";
import { Note, Trouble } from "../components/Note";
import { Page } from "../components/Page";
import { serverNow } from "../graphql/clock";
import type { Briefing } from "../graphql/reading";
import { useCamerasOf, useNamedCameras, type NamedCamera } from "../hooks/useCamerasOf";
import { useErrorText } from "../hooks/useErrorText";
import { useLive } from "../hooks/useLive";
import { useOccupancy } from "../hooks/useOccupancy";
import { useParam } from "../hooks/useParam";
import { useDayRows, useFresh, useRequestRows, type Rows } from "../hooks/useRows";
import { useUser } from "../hooks/useUser";
import { useCameraTexts } from "../i18n/cameras";
import { day, isoDay, shiftDay } from "../i18n/format";
import { Timeline } from "./Timeline";

/** The briefings of one request, or of a day. */
export default function TimelinePage() {
  const { request = "" } = useParams<{ request?: string }>();
  return request ? <OfRequest requestId={request} /> : <OfDay />;
}

// Addresses are typed and cut by hand, too.
const isDay = (text: string) => /^[1-9]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && shiftDay(text, 0) === text;

function OfDay() {
  const { t } = useTranslation();
  const username = useUser();
  const today = isoDay(serverNow());
  const [wanted, setDate] = useParam("date", today);
  const date = isDay(wanted) ? wanted : today;
  const [camera, setCamera] = useParam("camera");
  const of = camera || null;
  const { active } = useLive();
  // A live briefing is one of the camera if an active request of the camera has made it.
  const ours = (b: Briefing) => isoDay(b.at) === date && (!of || active.some((r) => r.id === b.requestId && r.camera.id === of));
  const rows = useFresh(useDayRows(username, date, of), ours);
  const people = useOccupancy(username, date, of, rows.loading ? undefined : rows.rows.at(-1)?.at);
  const cameras = useNamedCameras(username);
  const names = useCamerasOf(rows.rows, !of && cameras.length > 1);
  const bar = <DayBar date={date} today={today} onChange={setDate} />;
  return <Page title={t("timeline.title")} narrow aside={bar}><CameraPick cameras={cameras} camera={camera} onChange={setCamera} /><Body key={camera} rows={rows} people={people} cameras={names} /></Page>;
}

// Chooses one camera. With one camera alone there is nothing to choose.
function CameraPick({ cameras, camera, onChange }: { cameras: NamedCamera[]; camera: string; onChange: (camera: string) => void }) {
  const { t: c } = useCameraTexts();
  if (cameras.length < 2 && !camera) return null;
  return (
    <select className="field pick" aria-label={c("choose")} value={camera} onChange={(e) => { onChange(e.target.value); }}>
      <option value="">{c("all")}</option>
      {cameras.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      {camera && !cameras.some(({ id }) => id === camera) && <option value={camera}>{c("deleted")}</option>}
    </select>
  );
}

function OfRequest({ requestId }: { requestId: string }) {
  const { t } = useTranslation();
  const rows = useFresh(useRequestRows(requestId), (b) => b.requestId === requestId);
  const first = rows.rows[0];
  return (
    <Page title={first ? day(first.at) : t("timeline.title")} narrow back="/requests">
      <Body rows={rows} />
    </Page>
  );
}

function Body({ rows: { rows, loading, error, reload }, people, cameras }: { rows: Rows; people?: Point[] | undefined; cameras?: ReadonlyMap<string, string> | undefined }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  if (rows.length > 0) {
    return (
      <>
        {error && <Trouble text={`${t("timeline.partial")} ${errorText(error)}`} onRetry={reload} />}
        <Timeline rows={rows} loading={loading} day={people} cameras={cameras} />
      </>
    );
  }
  if (loading) return people ? <><DayStrip points={people} /><Bones heights={[60, 60, 60, 60]} /></> : <Bones heights={[110, 60, 60, 60, 60]} />;
  if (error) return <Trouble text={errorText(error)} onRetry={reload} />;
  return (
    <Note icon="timeline" title={t("timeline.none")} text={t("timeline.noneText")}>
      <Link className="btn" href="/requests">{t("timeline.requests")}</Link>
    </Note>
  );
}
