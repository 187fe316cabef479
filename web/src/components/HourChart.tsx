import {
  BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from "chart.js";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { number } from "../i18n/format";
import type { Hour } from "./figures";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** People by hour: bars are averages, dots the most. A table below says the same in words. */
export default function HourChart({ hours }: { hours: Hour[] }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const averageHead = t("summary.averageHead");
  const peakHead = t("summary.peakHead");
  useEffect(() => {
    if (!canvas.current) return;
    const draw = (on: HTMLCanvasElement) => new Chart(on, {
      data: {
        labels: hours.map((h) => String(h.hour)),
        datasets: [
          { type: "line", label: peakHead, data: hours.map((h) => h.peak), showLine: false, pointRadius: 4, pointBackgroundColor: token("--ink") },
          { type: "bar", label: averageHead, data: hours.map((h) => h.average), backgroundColor: token("--accent"), borderRadius: 5, maxBarThickness: 44 },
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        locale: document.documentElement.lang,
        font: { family: getComputedStyle(document.body).fontFamily },
        scales: {
          x: { grid: { display: false }, border: { color: token("--line") }, ticks: { color: token("--soft") } },
          y: { beginAtZero: true, suggestedMax: 2, border: { display: false }, grid: { color: token("--line") }, ticks: { color: token("--soft"), precision: 0, maxTicksLimit: 5 } },
        },
      },
    });
    let chart = draw(canvas.current);
    // The theme may change while the chart is shown, and paper is light.
    const redraw = () => {
      chart.destroy();
      if (canvas.current) chart = draw(canvas.current);
    };
    const watch = new MutationObserver(redraw);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const paper = window.matchMedia("print");
    paper.addEventListener("change", redraw);
    return () => {
      watch.disconnect();
      paper.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [hours, averageHead, peakHead]);
  return (
    <>
      <div className="chart"><canvas ref={canvas} role="img" aria-label={t("summary.chart")} /></div>
      <p className="hint">{t("summary.chartHint")}</p>
      <details>
        <summary>{t("summary.table")}</summary>
        <table className="hourtable">
          <thead><tr><th scope="col">{t("summary.hourHead")}</th><th scope="col">{averageHead}</th><th scope="col">{peakHead}</th><th scope="col">{t("summary.samplesHead")}</th></tr></thead>
          <tbody>
            {hours.map((h) => (
              <tr key={h.hour}>
                <td>{t("summary.hour", { hour: h.hour })}</td><td>{h.average === null ? t("unit.none") : number(h.average, 1)}</td>
                <td>{h.peak ?? t("unit.none")}</td><td>{number(h.samples)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
