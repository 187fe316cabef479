import i18next from "i18next";

let zone = "Asia/Seoul";

/**
 * Sets the shop's zone, in which all times are shown, wherever the phone is. An old phone may not
 * know a zone; then the one before stays.
 */
export function setZone(name: string | undefined) {
  if (!name || name === zone) return;
  try {
    new Intl.DateTimeFormat("ko-KR", { timeZone: name });
    zone = name;
  } catch {
    // not a zone here
  }
}

const locales: Record<string, string> = { ko: "ko-KR", en: "en-US", sv: "sv-SE" }; // Swedish writes days as ISO 8601 does
const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, language = i18next.language): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locales[language] ?? "ko-KR", { ...options, timeZone: zone });
    formats.set(key, found);
  }
  return found;
}

type Moment = string | number | Date;
const date = (at: Moment) => new Date(at);

/** As in "오후 2:06" or "2:06 PM". The words are the console's, because some browsers write "PM 2:06" in Korean. */
export function clock(at: Moment): string {
  const minutes = minuteOfDay(at);
  const time = `${String(Math.floor(minutes / 60) % 12 || 12)}:${String(minutes % 60).padStart(2, "0")}`;
  return i18next.t(minutes < 720 ? "clock.am" : "clock.pm", { time });
}

/** As in "14:06", for columns. */
export const shortClock = (at: Moment) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date(at));

/** As in "14:06:09", for briefings that are less than a minute apart. */
export const secondClock = (at: Moment) =>
  format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date(at));

/** As in "11월 26일 (목)". */
export const day = (at: Moment) => format({ month: "long", day: "numeric", weekday: "short" }).format(date(at));

/** The day in the shop, as in "2026-11-26". */
export const isoDay = (at: Moment) =>
  format({ year: "numeric", month: "2-digit", day: "2-digit" }, "sv").format(date(at));

/** The time in the shop with its day, as in "2026-11-26 14:06:09", for files. */
export function fileTime(at: Moment): string {
  return `${isoDay(at)} ${secondClock(at)}`;
}

/** Minutes since midnight in the shop. */
export function minuteOfDay(at: Moment): number {
  const [hours = 0, minutes = 0] = shortClock(at).split(":").map(Number);
  return hours * 60 + minutes;
}

/** The day after or before a day, as in "2026-11-26". */
export function shiftDay(iso: string, days: number): string {
  return new Date(Date.parse(`${iso}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A stretch of time, as in "4시간 23분". */
export function span(seconds: number): string {
  const t = i18next.t;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t("span.seconds", { count: whole });
  const minutes = Math.floor(whole / 60);
  if (minutes < 10 && whole % 60) return t("span.minutesSeconds", { minutes, seconds: whole % 60 });
  if (minutes < 60) return t("span.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return t("span.days", { count: Math.floor(hours / 24) });
  return minutes % 60 ? t("span.hoursMinutes", { hours, minutes: minutes % 60 }) : t("span.hours", { count: hours });
}

/** How long ago a moment was, as in "1분 전". */
export function ago(at: Moment, now: number): string {
  const t = i18next.t;
  const minutes = Math.floor((now - date(at).getTime()) / 60_000);
  if (minutes < 1) return t("ago.now");
  if (minutes < 60) return t("ago.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? t("ago.hours", { count: hours }) : t("ago.days", { count: Math.floor(hours / 24) });
}

/** A number in the chosen language. */
export const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(i18next.language, { maximumFractionDigits: digits }).format(value);

/** The next time that the shop's clocks show a time such as "18:30", in milliseconds. */
export function nextClock(time: string, now: number): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const ahead = (hours * 60 + minutes - minuteOfDay(now) + 1_440) % 1_440;
  const minute = Math.floor(now / 60_000) * 60_000;
  return minute + (ahead || 1_440) * 60_000;
}

/** A time with its day if that is not today, as in "내일 오후 6:30". */
export function clockWithDay(at: Moment, now: number): string {
  const then = isoDay(at);
  const today = isoDay(now);
  if (then === today) return clock(at);
  if (then === shiftDay(today, 1)) return `${i18next.t("day.tomorrow")} ${clock(at)}`;
  if (then === shiftDay(today, -1)) return `${i18next.t("day.yesterday")} ${clock(at)}`;
  return `${day(at)} ${clock(at)}`;
}
