import { useTranslation } from "react-i18next";
import type { RequestRowFragment } from "../graphql/types";
import { span } from "../i18n/format";
import { nextTick } from "./ticks";

/** In the place of the answer until there is one: when it comes. */
export function FirstWait({ request, now }: { request: RequestRowFragment; now: number }) {
  const { t } = useTranslation();
  const next = nextTick(request, now);
  const left = next === null ? 0 : (next - now) / 1_000;
  return (
    <section className="card" role="status">
      <p className="say">{request.active ? t("now.first") : t("now.nothing")}</p>
      {request.active && <p className="when figure" aria-live="off">{left < 1 ? t("now.firstSoon") : t("now.firstIn", { span: span(left) })}</p>}
    </section>
  );
}
