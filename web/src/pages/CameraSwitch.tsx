import { useTranslation } from "react-i18next";
import { isEstimate, peopleOf } from "../graphql/reading";
import type { ActiveRequest } from "../hooks/useLive";
import { useParam } from "../hooks/useParam";
import { useCameraTexts } from "../i18n/cameras";
import "../styles/cameras.css";

interface Props {
  /** The active requests, in their order on the page. */
  requests: ActiveRequest[];
  /** The id of the request that is shown. */
  chosen: string;
}

/** One button for each camera that is watched: its state, and how many people it last showed. */
export default function CameraSwitch({ requests, chosen }: Props) {
  const { t } = useTranslation();
  const { t: c } = useCameraTexts();
  const [, choose] = useParam("camera");
  return (
    <div className="switch" role="group" aria-label={c("switch")}>
      {requests.map(({ id, camera, briefings }) => {
        const last = briefings.edges.at(-1)?.node;
        const people = last ? peopleOf(last) : null;
        const { state } = camera.health;
        const ill = state !== "OK" && state !== "UNKNOWN";
        return (
          <button key={id} className="watched" aria-pressed={id === chosen} onClick={() => { choose(camera.id); }}>
            <span className="live"><i className={ill ? "dot bad" : state === "OK" ? "dot" : "dot off"} />{camera.id === "default" ? c("default") : camera.name || c("deleted")}</span>
            <b className="figure">{ill ? t(`camera.${state}`) : people === null ? t(last ? "now.uncounted" : "camera.UNKNOWN") : t("unit.peopleOf", { count: people })}</b>
            {!ill && last && isEstimate(last) && <small className="soft">{t("tag.estimate")}</small>}
          </button>
        );
      })}
    </div>
  );
}
