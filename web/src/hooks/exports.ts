import i18next from "i18next";
import { degradedKey } from "../components/DegradedTag";
import type { Briefing } from "../graphql/reading";
import { peopleOf } from "../graphql/reading";
import type { RequestRowFragment } from "../graphql/types";
import { fileTime } from "../i18n/format";

const escape = (value: string | number | null) => {
  if (value === null) return "";
  const text = String(value);
  // A leading sign would be a formula in a spreadsheet, also in its full-width form.
  const safe = /^\s*[=+\-@＝＋－＠\t\r\n]/.test(text) && typeof value === "string" ? `'${text}` : text;
  // Some countries' spreadsheets separate by semicolons or tabs.
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/**
 * The briefings as CSV, with the shop's times. The header and the codes are the same in each
 * language, so that a spreadsheet can rely on them. The last column says the trouble in the owner's
 * words. The mark at the beginning lets Excel read Hangul.
 */
export function toCSV(rows: Briefing[]): string {
  const lines = rows.map((b) => [
    fileTime(b.at), peopleOf(b), b.caption, b.degraded, b.counts.map((c) => `${c.name} ${c.count}`).join("; "),
    b.degraded && i18next.t(degradedKey(b.degraded)),
  ].map(escape).join(","));
  return `\ufeff${["time,people,caption,degraded,counts,trouble", ...lines].join("\r\n")}\r\n`;
}

/** The request and its briefings as JSON, with the shop's times. */
export function toJSON(request: RequestRowFragment | null, rows: Briefing[]): string {
  return JSON.stringify({ request, briefings: rows.map((b) => ({ ...b, time: fileTime(b.at) })) }, null, 2);
}

/** Saves a text as a file on this device. */
export function saveFile(name: string, type: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}
