import { useCounting } from "../hooks/useCounting";
import { useCountTexts } from "../i18n/counts";
import { number } from "../i18n/format";

/** Who counts on this server, how fast, and why not the configured detector. */
export function CountingCard() {
  const { t: n } = useCountTexts();
  const counting = useCounting();
  if (!counting) return null;
  const { method, name, medianMs, wanted, reason, trouble } = counting;
  return (
    <section className="card" aria-label={n("title")}>
      <h2>{n("title")}</h2>
      <dl className="pairs">
        <dt>{n("now")}</dt><dd>{n(`ways.${method}`, { name: name ?? "" })}</dd>
        {medianMs ? <><dt>{n("speed")}</dt><dd>{n("ms", { ms: number(medianMs) })}</dd></> : null}
        {wanted && <><dt>{n("wanted")}</dt><dd>{wanted}</dd></>}
      </dl>
      {trouble && <p className={reason === "PREPARING" ? "hint" : "problem"} role="status">{trouble}</p>}
      {method === "MOTION" && <p className="hint">{n("estimate")}{!wanted && ` ${n("better")}`}</p>}
      <p className="hint">{n("sample")}</p>
    </section>
  );
}
