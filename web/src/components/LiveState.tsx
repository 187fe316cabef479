import { useTranslation } from "react-i18next";
import type { Connection } from "../graphql/connection";
import { shortClock } from "../i18n/format";

interface Props {
  connection: Connection;
  /** Whether a request is active. */
  active: boolean;
  /** The time of what is shown. */
  asOf: string | undefined;
  stale: boolean;
}

/** Says in words whether the page is live. After a break it says the time of what is shown. */
export function LiveState({ connection, active, asOf, stale }: Props) {
  const { t } = useTranslation();
  const broken = stale || connection === "reconnecting";
  const words = broken ? t("live.reconnecting") : !active ? t("live.off") : connection === "live" ? t("live.live") : t("live.connecting");
  const dot = broken ? "dot warn" : active ? "dot" : "dot off";
  return (
    <span className="live" role="status">
      <i className={dot} />
      {words}
      {broken && asOf && <span className="figure"> · {t("live.asOf", { time: shortClock(asOf) })}</span>}
    </span>
  );
}
