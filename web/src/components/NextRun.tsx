import { useTranslation } from "react-i18next";
import type { RequestRowFragment } from "../graphql/types";
import { clockWithDay, span } from "../i18n/format";
import { nextTick } from "./ticks";

interface Props {
  request: RequestRowFragment;
  now: number;
}

const around = 2 * Math.PI * 18;

/** The countdown to the next briefing, and what became of the earlier ticks. */
export function NextRun({ request, now }: Props) {
  const { t } = useTranslation();
  const next = nextTick(request, now);
  const left = next === null ? 0 : (next - now) / 1_000;
  const share = Math.min(1, left / request.interval);
  const { done, skipped, missed, unchanged } = request.ticks;
  return (
    <>
      <div className="next">
        <svg className="ring" viewBox="0 0 44 44" aria-hidden="true">
          <circle cx="22" cy="22" r="18" />
          <circle className="left" cx="22" cy="22" r="18" strokeDasharray={around} strokeDashoffset={around * share} />
        </svg>
        <div>
          <b>{next === null ? t("now.ending") : left < 1 ? t("now.nextNow") : t("now.nextIn", { span: span(left) })}</b>
          <p className="soft">{t("span.every", { span: span(request.interval) })} · {t("span.until", { time: clockWithDay(request.endsAt ?? request.startedAt, now) })}</p>
        </div>
      </div>
      <ul className="tally soft figure">
        <li>{t("now.done", { count: done })}</li>
        {skipped > 0 && <li>{t("now.skipped", { count: skipped })}</li>}
        {missed > 0 && <li>{t("now.missed", { count: missed })}</li>}
        {unchanged > 0 && <li>{t("now.unchanged", { count: unchanged })}</li>}
      </ul>
    </>
  );
}
