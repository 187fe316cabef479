import type { Briefing } from "../graphql/reading";

const listeners = new Set<(briefing: Briefing) => void>();

/** The briefings that arrive live, one by one. Many may arrive between two drawings of a page. */
export const arrivals = {
  add(briefing: Briefing) {
    for (const listener of listeners) listener(briefing);
  },
  listen(listener: (briefing: Briefing) => void) {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};
