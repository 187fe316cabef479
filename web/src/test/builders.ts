import type { Briefing } from "../graphql/reading";
import type { CameraNowFragment, RequestRowFragment } from "../graphql/types";

// A page of one briefing asks for more than a row.
const made = { source: "template", model: null, promptVersion: null, verdict: null, latencyMs: 0, describedBy: null, said: [], rejected: [] };

let n = 0;
const id = () => (n++).toString(16).padStart(24, "0");

/** A briefing at a time of day in the shop, with so many people, or with none counted. */
export function aBriefing(time: string, people: number | null, more: Partial<Briefing> = {}): Briefing {
  const own = id();
  return {
    id: own, cursor: `c-${own}`, requestId: "f".repeat(24), at: `2026-11-26T${time}:00+09:00`,
    caption: people === null ? "카메라에 연결할 수 없습니다." : `매장에 손님 ${String(people)}명이 계십니다.`,
    counts: people === null ? [] : [{ name: "person", count: people }],
    headline: null, description: null, question: null, degraded: null, reportedWrong: false, unchanged: false, made, facts: null, ...more,
  };
}

/** A camera that is well, without a picture. */
export const aCamera = (more: Partial<CameraNowFragment> = {}): CameraNowFragment =>
  ({ id: "default", name: "camera", health: { state: "OK", since: "2026-11-26T14:00:00+09:00", detail: null, english: null }, lastFrame: null, ...more });

/** An active request: every minute from 14:00 to 18:30. */
export function aRequest(more: Partial<RequestRowFragment> = {}): RequestRowFragment {
  return {
    id: "f".repeat(24), username: "kim", name: "2026-11-26 14:00:00", interval: 60, endTime: "18:30",
    startedAt: "2026-11-26T14:00:00+09:00", endsAt: "2026-11-26T18:30:00+09:00", endedAt: null, active: true, endReason: null,
    ticks: { done: 6, skipped: 0, missed: 0, unchanged: 0 }, camera: aCamera(), ...more,
  };
}
