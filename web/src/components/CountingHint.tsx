import { useCounting } from "../hooks/useCounting";
import { useCountTexts } from "../i18n/counts";

/** Says that counts by movement are estimates, and what would be better. */
export function CountingHint() {
  const { t: n } = useCountTexts();
  const counting = useCounting();
  if (counting?.method !== "MOTION") return null;
  return <p className="hint">{n("estimate")} {counting.trouble || n("better")}</p>;
}
