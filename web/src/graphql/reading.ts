import type { BriefingRowFragment } from "./types";

export type Briefing = BriefingRowFragment;

/** The people in a briefing, or null if nothing was counted. */
export function peopleOf(briefing: Briefing): number | null {
  if (briefing.facts?.people != null) return briefing.facts.people;
  if (briefing.counts.length === 0) return null;
  return briefing.counts.find((c) => c.name === "person")?.count ?? 0;
}

/** Reports whether the number of people is an estimate. */
export const isEstimate = (briefing: Briefing) =>
  briefing.facts?.counts.some((c) => c.name === "person" && c.estimate) ?? false;
