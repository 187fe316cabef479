import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useMutation } from "urql";
import { StartDocument } from "../graphql/documents";
import type { RequestRowFragment } from "../graphql/types";
import { useErrorText } from "../hooks/useErrorText";
import { useToast } from "../hooks/useToast";
import { useUser } from "../hooks/useUser";
import { serverNow } from "../graphql/clock";
import { clockWithDay, span } from "../i18n/format";
import { againUntil } from "../components/ticks";

/** When nothing runs: how the last request ended, and one button that starts it again as it was. */
export default function AgainCard({ request }: { request: RequestRowFragment }) {
  const { t } = useTranslation();
  const username = useUser();
  const toast = useToast();
  const errorText = useErrorText();
  const [{ fetching }, start] = useMutation(StartDocument);
  const now = serverNow();
  const end = request.endedAt ?? request.endsAt;
  const again = async () => {
    const { endTime } = againUntil(request, serverNow());
    const { error } = await start({ input: { username, interval: request.interval, endTime, cameraId: request.camera.id, key: `again-${request.id}` } });
    if (error) toast(errorText(error));
  };
  return (
    <section className="card">
      <h2>{t("now.ended")}</h2>
      {end && <p className="soft">{t("now.endedAt", { time: clockWithDay(end, now), reason: t(`reason.${request.endReason ?? "unknown"}`) })}</p>}
      <div className="again">
        <button className="btn go wide" disabled={fetching} onClick={() => { void again(); }}>
          <span>{t("now.again")}<small>{t("now.againHint", { every: t("span.every", { span: span(request.interval) }), until: t("span.until", { time: clockWithDay(againUntil(request, now).end, now) }) })}</small></span>
        </button>
        <Link className="btn wide" href="/start">{t("now.other")}</Link>
      </div>
    </section>
  );
}
