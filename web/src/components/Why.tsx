import { Collapsible } from "@base-ui/react/collapsible";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { peopleOf, type Briefing } from "../graphql/reading";
import { number } from "../i18n/format";
import { useDegradedWords } from "./DegradedTag";

/** Why a briefing says what it says: what was measured, and by whom it was worded. */
export function Why({ briefing }: { briefing: Briefing }) {
  const { t, i18n } = useTranslation();
  const words = useDegradedWords();
  const { facts, made, degraded } = briefing;
  const people = peopleOf(briefing);
  const of = (name: string) => (i18n.exists(`object.${name}`) ? t(`object.${name}` as "object.person") : name); // checked by exists
  const others = briefing.counts.filter((c) => c.name !== "person");
  const method = facts?.counts.find((c) => c.name === "person")?.method ?? facts?.counts[0]?.method;
  const pairs: [string, string | undefined][] = [
    [t("briefing.people"), people === null ? t("now.uncounted") : t("unit.peopleOf", { count: people })],
    [t("briefing.objects"), others.length > 0 ? others.map((c) => `${of(c.name)} ${number(c.count)}`).join(", ") : undefined],
    [t("briefing.method"), method && t(`briefing.methods.${method}`)],
    [t("briefing.detector"), facts?.detector && facts.detector !== "motion" ? facts.detector : undefined],
    [t("briefing.change"), facts?.change == null ? undefined : `${number(facts.change * 100)} %`],
    [t("briefing.scene"), facts?.scene ? t(`briefing.scenes.${facts.scene}`) : undefined],
    [t("briefing.brightness"), facts?.brightness == null ? undefined : `${number((facts.brightness / 255) * 100)} %`],
    [t("briefing.words"), made?.source === "template" ? t("briefing.template") : made?.source === "outside" ? t("briefing.outside") : made?.model ? t("briefing.model", { model: made.model }) : undefined],
    [t("briefing.degraded"), degraded ? words(degraded) : undefined],
  ];
  return (
    <Collapsible.Root className="card why" defaultOpen>
      <Collapsible.Trigger>{t("briefing.why")}<span aria-hidden="true">▾</span></Collapsible.Trigger>
      <Collapsible.Panel>
        <dl className="pairs">
          {pairs.map(([name, value]) => value && <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}
        </dl>
        {!facts && <p className="hint">{t("briefing.noFacts")}</p>}
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
