import { Collapsible } from "@base-ui/react/collapsible";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { peopleOf } from "../graphql/reading";
import type { BriefingQuery } from "../graphql/types";
import { useCountTexts } from "../i18n/counts";
import { number } from "../i18n/format";
import { useDegradedWords } from "./DegradedTag";

interface Props {
  briefing: NonNullable<BriefingQuery["briefing"]>;
  /** The camera's zones as they are now. One that counted then may be deleted. */
  zones: { id: string; name: string }[];
}

/** Why a briefing says what it says: what was measured, and by whom it was worded. */
export function Why({ briefing, zones }: Props) {
  const { t, i18n } = useTranslation();
  const { t: n } = useCountTexts();
  const words = useDegradedWords();
  const { facts, made, degraded } = briefing;
  const people = peopleOf(briefing);
  const of = (name: string) => (i18n.exists(`object.${name}`) ? t(`object.${name}` as "object.person") : name); // checked by exists
  const others = briefing.counts.filter((c) => c.name !== "person");
  const byZone = (facts?.counts ?? []).filter((c) => c.name === "person" && c.zone);
  const nameOf = (zone: string | null) => zones.find(({ id }) => id === zone)?.name ?? n("deletedZone");
  const method = facts?.counts.find((c) => c.name === "person")?.method ?? facts?.counts[0]?.method;
  const pairs: [string, string | undefined][] = [
    [t("briefing.people"), people === null ? t("now.uncounted") : t("unit.peopleOf", { count: people })],
    [n("zones"), byZone.length > 0 ? byZone.map((c) => n("zone", { name: nameOf(c.zone), count: c.count })).join(", ") : undefined],
    [t("briefing.objects"), others.length > 0 ? others.map((c) => `${of(c.name)} ${number(c.count)}`).join(", ") : undefined],
    [t("briefing.method"), method && n(`ways.${method}`, { name: facts?.detector ?? "" })],
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
        {briefing.unchanged && <p className="hint">{n("unchanged")}</p>}
        {!facts && <p className="hint">{t("briefing.noFacts")}</p>}
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
