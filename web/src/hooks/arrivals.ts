import type { Briefing } from "../graphql/reading";
import { emitter } from "./emitter";

/** The briefings that arrive live, one by one. Many may arrive between two drawings of a page. */
export const arrivals = emitter<Briefing>();
