import type { Briefing } from "../graphql/reading";
import { emitter } from "./emitter";

/** Whether the owner has marked a briefing as wrong. */
export interface Mark {
  id: string;
  wrong: boolean;
}

/** The marks that the owner makes on this page. */
export const marks = emitter<Mark>();

/** The rows with the mark. Without the briefing they are the same. */
export const withMark = (rows: Briefing[], { id, wrong }: Mark): Briefing[] =>
  rows.some((b) => b.id === id) ? rows.map((b) => (b.id === id ? { ...b, reportedWrong: wrong } : b)) : rows;
