import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BriefingQuery } from "../graphql/types";
import { useCountTexts } from "../i18n/counts";
import { shortClock } from "../i18n/format";
import { FoundLayer } from "./FoundLayer";
import { FoundWords } from "./FoundWords";
import { placeStored } from "./found";

type Shown = NonNullable<BriefingQuery["briefing"]>;

interface Props {
  briefing: Shown;
  frame: NonNullable<Shown["frame"]>;
  /** The camera's zones as they are now. */
  zones: { id: string; name: string }[];
}

/** The picture of a briefing with the boxes of what was found in it. */
export function BriefingShot({ briefing, frame, zones }: Props) {
  const { t } = useTranslation();
  const { t: n } = useCountTexts();
  const [shown, setShown] = useState(true);
  const [gone, setGone] = useState(false);
  if (gone) return null;
  const { facts, caption } = briefing;
  const zoned = facts?.counts.some((c) => c.zone) ?? false;
  const placed = placeStored(facts?.boxes ?? [], zones, zoned);
  const counted = placed.filter(({ name, place }) => name === "person" && place !== "outside").length;
  const time = shortClock(frame.at);
  return (
    <div className={placed.length > 0 ? "card boxed" : "boxed bare"}>
      <figure className="shot">
        <img src={frame.url} width={frame.width} height={frame.height} alt={t("now.frameAlt", { time, caption })} onError={() => { setGone(true); }} />
        {shown && <FoundLayer placed={placed} />}
        <figcaption className="figure">{t("now.frame", { time })}</figcaption>
      </figure>
      {placed.length > 0 && (
        <>
          <label className="toggle"><input type="checkbox" checked={shown} onChange={(e) => { setShown(e.target.checked); }} />{n("boxes")}</label>
          <FoundWords placed={placed} names={zones.map(({ name }) => name)} />
          <p className="hint">{n("foot")}{counted !== facts?.people && ` ${n("median")}`}</p>
        </>
      )}
    </div>
  );
}
