import type { Briefing } from "../graphql/reading";

/** One line of a timeline: a briefing, or neighbours that say the same. */
export type Line =
  | { kind: "one"; key: string; briefing: Briefing }
  | { kind: "fold"; key: string; briefings: Briefing[] };

export type Kind = "all" | "changes" | "problems";

// Equal for briefings of a request that a timeline folds: the same counts, and the same trouble.
function sameness({ counts, degraded }: Briefing): string {
  return `${degraded ?? ""}|${counts.map((c) => `${c.name}=${String(c.count)}`).sort().join()}`;
}

/**
 * Folds the briefings, oldest first, into lines, newest first. The first of a run with the same
 * counts and the same trouble has a line of its own; the others are one line. So are those that the
 * server calls unchanged. The runs of each request fold by themselves, also where those of several
 * cameras come in turns; a folded line stands where its newest briefing does. A briefing that is
 * marked as wrong or asks the owner something is never folded, so that this is seen.
 */
export function fold(briefings: Briefing[]): Line[] {
  const lines: Line[] = [];
  const runs = new Map<string, { now: string; last: Line }>(); // by request
  for (const briefing of briefings) {
    const run = runs.get(briefing.requestId);
    const now = sameness(briefing);
    let last: Line;
    if (!run || briefing.reportedWrong || briefing.question || (now !== run.now && !briefing.unchanged)) last = { kind: "one", key: briefing.id, briefing };
    else if (run.last.kind === "fold") {
      last = run.last;
      last.briefings.push(briefing);
    } else last = { kind: "fold", key: `${briefing.id}+`, briefings: [briefing] };
    if (last !== run?.last) lines.push(last);
    runs.set(briefing.requestId, { now, last });
  }
  if (runs.size > 1) lines.sort((x, y) => newest(x) - newest(y));
  return lines.reverse();
}

const newest = (line: Line) => Date.parse((line.kind === "one" ? line.briefing : line.briefings.at(-1))?.at ?? "");

const onesOf = (line: Line): Line[] =>
  line.kind === "one" ? [line] : line.briefings.map((briefing): Line => ({ kind: "one", key: briefing.id, briefing })).reverse();

/** Puts the briefings of an opened line in its place. */
export function unfold(lines: Line[], open: ReadonlySet<string>): Line[] {
  return lines.flatMap((line) => (line.kind === "one" || !open.has(line.key) ? [line] : [line, ...onesOf(line)]));
}

/** The lines of a kind. A folded line has no change. */
export function filterLines(lines: Line[], kind: Kind): Line[] {
  return lines.filter((line) => {
    if (kind === "changes") return line.kind === "one";
    const first = line.kind === "one" ? line.briefing : line.briefings[0];
    return kind !== "problems" || Boolean(first?.degraded);
  });
}

/** A line for each briefing with the text in its sentence or description, also for folded ones. */
export function searchLines(lines: Line[], text: string): Line[] {
  const plain = (words: string) => words.normalize().toLocaleLowerCase(); // some keyboards compose Hangul in another way
  const wanted = plain(text.trim());
  return lines.flatMap(onesOf).filter((line) => line.kind === "one" && sentences(line.briefing).some((words) => plain(words).includes(wanted)));
}

const sentences = ({ caption, description, question }: Briefing) => [caption, description ?? "", question ?? ""];
