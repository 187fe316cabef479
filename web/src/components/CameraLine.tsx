import { useTranslation } from "react-i18next";
import type { CameraNowFragment } from "../graphql/types";
import { serverNow } from "../graphql/clock";
import { clockWithDay, isoDay, shortClock } from "../i18n/format";

/** The camera's state in words, with a dot beside them. */
export function CameraLine({ camera }: { camera: CameraNowFragment }) {
  const { t } = useTranslation();
  const { state, since } = camera.health;
  const now = serverNow();
  const dot = state === "OK" ? "dot" : state === "UNKNOWN" ? "dot off" : "dot bad";
  return (
    <p className="live camera">
      <i className={dot} />
      {t(`camera.${state}`)}
      {state !== "OK" && state !== "UNKNOWN" && <span className="figure"> · {isoDay(since) === isoDay(now) ? shortClock(since) : clockWithDay(since, now)}</span>}
    </p>
  );
}
