import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CameraNowFragment } from "../graphql/types";
import { shortClock } from "../i18n/format";

type Frame = NonNullable<CameraNowFragment["lastFrame"]>;

/** A camera's picture, with its state upon it. Without the picture the state stands alone. */
export function Shot({ frame, caption, children }: { frame: Frame; caption: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const [gone, setGone] = useState("");
  if (gone === frame.id) return <>{children}</>;
  const time = shortClock(frame.at);
  return (
    <figure className="shot">
      <img src={frame.url} width={frame.width} height={frame.height} alt={t("now.frameAlt", { time, caption })} onError={() => { setGone(frame.id); }} />
      <figcaption className="figure">{t("now.frame", { time })}</figcaption>
      {children}
    </figure>
  );
}
