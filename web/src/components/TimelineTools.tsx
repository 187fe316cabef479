import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { useTranslation } from "react-i18next";

interface Props {
  kind: string;
  onKind: (kind: string) => void;
  text: string;
  onText: (text: string) => void;
  unseen: number;
  onUnseen: () => void;
  /** Absent without a name, for which the server would remember it. */
  onMarkSeen: (() => void) | undefined;
}

const kinds = ["all", "changes", "problems"] as const;

/** What of the timeline is shown: since the last visit, only changes, only problems, by text. */
export function TimelineTools({ kind, onKind, text, onText, unseen, onUnseen, onMarkSeen }: Props) {
  const { t } = useTranslation();
  return (
    <div className="tools">
      <div className="scroller">
        {unseen > 0 && <button className="chip" onClick={onUnseen}>{t("timeline.unseen", { count: unseen })}</button>}
        <ToggleGroup className="chips" aria-label={t("timeline.kinds")} value={[kind]} onValueChange={([next]) => { onKind(next ?? "all"); }}>
          {kinds.map((name) => <Toggle key={name} className="chip" value={name}>{t(`timeline.${name}`)}</Toggle>)}
        </ToggleGroup>
        {onMarkSeen && <button className="chip" onClick={onMarkSeen}>{t("timeline.markSeen")}</button>}
      </div>
      <input className="field search" type="search" aria-label={t("timeline.search")} placeholder={t("timeline.search")} value={text} maxLength={100} onChange={(e) => { onText(e.target.value); }} />
    </div>
  );
}
