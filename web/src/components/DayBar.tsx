import { useTranslation } from "react-i18next";
import { shiftDay } from "../i18n/format";

/** The shown day, with buttons to the days around it. */
export function DayBar({ date, today, onChange }: { date: string; today: string; onChange: (date: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="daybar">
      <button className="back" aria-label={t("timeline.previousDay")} onClick={() => { onChange(shiftDay(date, -1)); }}>‹</button>
      <input
        className="field figure" type="date" aria-label={t("timeline.day")} value={date} max={today}
        onChange={(e) => { if (e.target.value) onChange(e.target.value); }}
      />
      <button className="back" aria-label={t("timeline.nextDay")} disabled={date >= today} onClick={() => { onChange(shiftDay(date, 1)); }}>›</button>
    </div>
  );
}
