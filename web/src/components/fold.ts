import { sameness, type Briefing } from "../graphql/reading";

/** One line of a timeline: a briefing, or neighbours that say the same. */
export type Line =
  | { kind: "one"; key: string; briefing: Briefing }
  | { kind: "fold"; key: string; briefings: Briefing[] };

export type Kind = "all" | "changes" | "problems";

/**
 * Folds the briefings, oldest first, into lines, newest first. The first of a run with the same
 * counts and the same trouble has a line of its own; the others are one line.
 */
export function fold(briefings: Briefing[]): Line[] {
  const lines: Line[] = [];
  let before = "";
  for (const briefing of briefings) {
    const now = `${briefing.requestId}|${sameness(briefing)}`;
    const last = lines.at(-1);
    if (now !== before) lines.push({ kind: "one", key: briefing.id, briefing });
    else if (last?.kind === "fold") last.briefings.push(briefing);
    else lines.push({ kind: "fold", key: `${briefing.id}+`, briefings: [briefing] });
    before = now;
  }
  return lines.reverse();
}

/** Puts the briefings of an opened line in its place. */
export function unfold(lines: Line[], open: ReadonlySet<string>): Line[] {
  return lines.flatMap((line) => {
    if (line.kind === "one" || !open.has(line.key)) return [line];
    const ones = line.briefings.map((briefing): Line => ({ kind: "one", key: briefing.id, briefing }));
    return [line, ...ones.reverse()];
  });
}

/** The lines that a filter leaves. A folded line has no change; text hides folded lines too. */
export function filterLines(lines: Line[], kind: Kind, text: string): Line[] {
  const wanted = text.trim().toLocaleLowerCase();
  return lines.filter((line) => {
    const first = line.kind === "one" ? line.briefing : line.briefings[0];
    if (!first) return false;
    if (kind === "changes" && line.kind === "fold") return false;
    if (kind === "problems" && !first.degraded) return false;
    return !wanted || (line.kind === "one" && line.briefing.caption.toLocaleLowerCase().includes(wanted));
  });
}
