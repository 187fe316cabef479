import { Collapsible } from "@base-ui/react/collapsible";
import type { UsageDaysQuery } from "../graphql/types";
import { day, isoDay } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import { usageWords } from "./words";

/** What the user's questions to models cost: today's total, and the days before it. */
export function UsageCard({ days, today }: { days: UsageDaysQuery["usage"]; today: string }) {
  const { t: w } = useWordTexts();
  const now = days.find(({ date }) => date === today);
  return (
    <section className="card facts" aria-labelledby="usage">
      <h2 id="usage">{w("usage.title")}</h2>
      <p className="hint">{w("usage.lead")}</p>
      {days.length === 0
        ? <p className="block">{w("usage.none")}</p>
        : (
          <>
            <p className="block figure"><b>{w("usage.today")}</b> {now ? usageWords(w, now.usage) : w("usage.noneToday")}</p>
            <Collapsible.Root className="more-of block">
              <Collapsible.Trigger>{w("usage.days")}<span aria-hidden="true">▾</span></Collapsible.Trigger>
              <Collapsible.Panel>
                <ul className="quotes">
                  {[...days].reverse().map(({ date, usage }) => (
                    <li key={date}><time className="soft" dateTime={date}>{day(within(date))}</time><p className="figure">{usageWords(w, usage)}</p></li>
                  ))}
                </ul>
              </Collapsible.Panel>
            </Collapsible.Root>
          </>
        )}
    </section>
  );
}

// A moment of a day in the shop. In each zone noon or midnight of UTC is one.
const within = (date: string) => [`${date}T12:00:00Z`, `${date}T00:00:00Z`].find((at) => isoDay(at) === date) ?? date;
