import { peopleOf, type Briefing } from "../graphql/reading";
import { minuteOfDay } from "../i18n/format";

export interface Hour { hour: number; samples: number; average: number | null; peak: number | null }

/** What was counted in each hour of the day, as Figures.hours says it. */
export function hoursOf(rows: Briefing[]): Hour[] {
  const hours = new Map<number, number[]>();
  for (const row of rows) {
    const people = peopleOf(row);
    if (people === null) continue;
    const hour = Math.floor(minuteOfDay(row.at) / 60);
    const counted = hours.get(hour);
    if (counted) counted.push(people);
    else hours.set(hour, [people]);
  }
  return [...hours].sort(([a], [b]) => a - b).map(([hour, counted]) => ({
    hour, samples: counted.length, average: counted.reduce((a, b) => a + b, 0) / counted.length, peak: Math.max(...counted),
  }));
}
