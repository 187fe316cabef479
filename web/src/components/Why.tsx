import { Collapsible } from "@base-ui/react/collapsible";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { peopleOf } from "../graphql/reading";
import type { BriefingQuery } from "../graphql/types";
import { useCountTexts } from "../i18n/counts";
import { number } from "../i18n/format";
import { useWordTexts } from "../i18n/words";
import { useDegradedWords } from "./DegradedTag";
import { Refused } from "./Refused";
import { Said } from "./Said";
import { usageWords } from "./words";

interface Props {
  briefing: NonNullable<BriefingQuery["briefing"]>;
  /** The camera's zones as they are now. One that counted then may be deleted. */
  zones: { id: string; name: string }[];
}

/** Why a briefing says what it says: what was measured, which lines were chosen, by whom. */
export function Why({ briefing, zones }: Props) {
  const { t, i18n } = useTranslation();
  const { t: n } = useCountTexts();
  const { t: w } = useWordTexts();
  const words = useDegradedWords();
  const { facts, made, degraded, usage } = briefing;
  const people = peopleOf(briefing);
  const of = (name: string) => (i18n.exists(`object.${name}`, { ns: "words" }) ? w(`object.${name}` as "object.person") : name); // checked by exists
  const others = briefing.counts.filter((c) => c.name !== "person");
  const byZone = (facts?.counts ?? []).filter((c) => c.name === "person" && c.zone);
  const nameOf = (zone: string | null) => zones.find(({ id }) => id === zone)?.name ?? n("deletedZone");
  const method = facts?.counts.find((c) => c.name === "person")?.method ?? facts?.counts[0]?.method;
  const pairs: [string, string | undefined][] = [
    [w("why.people"), people === null ? t("now.uncounted") : t("unit.peopleOf", { count: people })],
    [n("zones"), byZone.length > 0 ? byZone.map((c) => n("zone", { name: nameOf(c.zone), count: c.count })).join(", ") : undefined],
    [w("why.objects"), others.length > 0 ? others.map((c) => `${of(c.name)} ${number(c.count)}`).join(", ") : undefined],
    [w("why.method"), method && n(`ways.${method}`, { name: facts?.detector ?? "" })],
    [w("why.change"), facts?.change == null ? undefined : `${number(facts.change * 100)} %`],
    [w("why.scene"), facts?.scene ? w(`why.scenes.${facts.scene}`) : undefined],
    [w("why.brightness"), facts?.brightness == null ? undefined : `${number((facts.brightness / 255) * 100)} %`],
    [w("why.words"), wordedBy(w, made)],
    [w("why.by"), made?.verdict && made.model ? made.model : undefined],
    [w("why.version"), made?.promptVersion ?? undefined],
    [w("why.describedBy"), made?.describedBy ?? undefined],
    [w("why.latency"), made?.verdict && made.latencyMs > 0 ? w("why.ms", { ms: number(made.latencyMs) }) : undefined],
    [w("why.cost"), usage ? usageWords(w, usage) : undefined],
    [w("why.degraded"), degraded ? words(degraded) : undefined],
  ];
  return (
    <Collapsible.Root className="card why" defaultOpen>
      <Collapsible.Trigger>{t("briefing.why")}<span aria-hidden="true">▾</span></Collapsible.Trigger>
      <Collapsible.Panel>
        <dl className="pairs">
          {pairs.map(([name, value]) => value && <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}
        </dl>
        {briefing.unchanged && <p className="hint">{n("unchanged")}</p>}
        {!facts && <p className="hint">{w("why.noFacts")}</p>}
        {made && made.said.length > 0 && <Said lines={made.said} />}
        {made && made.rejected.length > 0 && <Refused title={w("why.rejected")} text={w("why.rejectedText")} texts={made.rejected} />}
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}

// Old briefings have no verdict. The lines of a model may lack all that a briefing says.
function wordedBy(w: ReturnType<typeof useWordTexts>["t"], made: NonNullable<BriefingQuery["briefing"]>["made"]) {
  if (made?.verdict && made.source !== "outside") {
    return made.verdict === "STYLE_SHEET" && made.source === "template" ? w("why.noLine") : w(`why.verdict.${made.verdict}`);
  }
  switch (made?.source) {
    case undefined: return undefined;
    case "template": return w("why.template");
    case "outside": return w("why.outside");
    default: return w("why.model", { model: made?.model ?? made?.source ?? "" });
  }
}
