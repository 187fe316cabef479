import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";
import type { Line } from "./fold";
import { FoldLine, OneLine } from "./TimelineLine";

interface Props {
  lines: Line[];
  open: ReadonlySet<string>;
  onToggle: (key: string) => void;
  /** The id of the chosen briefing, which is marked. */
  chosen: string | undefined;
  /** Times of less than a minute apart show seconds. */
  seconds: boolean;
  /** Whether the author of each sentence is of interest. */
  authors: boolean;
  /** The names of the cameras by request, where there are several. */
  cameras: ReadonlyMap<string, string> | undefined;
  /** The time up to which the owner has seen the briefings. */
  seenAt: string | null | undefined;
  /** Scrolls to the line of this time. A new object scrolls again. */
  goTo: { at: number } | undefined;
}

const requestOf = (line: Line) => (line.kind === "one" ? line.briefing : line.briefings[0])?.requestId ?? "";
const timeOf = (line: Line) => (line.kind === "one" ? line.briefing : line.briefings.at(-1))?.at ?? "";

/** The lines that are in sight, and a few around them; ten thousand scroll as smoothly as ten. */
export function TimelineList({ lines, open, onToggle, chosen, seconds, authors, cameras, seenAt, goTo }: Props) {
  const { t } = useTranslation();
  const list: Ref<HTMLOListElement> = useRef<HTMLOListElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => { setMargin(list.current?.offsetTop ?? 0); }, []);
  const virtual = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => 68,
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (i) => lines[i]?.key ?? i,
  });
  useEffect(() => {
    if (!goTo) return;
    const at = lines.findIndex((line) => Date.parse(timeOf(line)) <= goTo.at);
    virtual.scrollToIndex(at < 0 ? lines.length - 1 : at, { align: "start" });
    // Only a new goal scrolls, not a new line.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [goTo]);
  const seen = seenAt ? lines.findIndex((line) => Date.parse(timeOf(line)) <= Date.parse(seenAt)) : -1;
  return (
    <ol className="list" ref={list} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const line = lines[item.index];
        if (!line) return null;
        const camera = cameras?.get(requestOf(line));
        return (
          <li
            key={item.key} data-index={item.index} ref={virtual.measureElement}
            aria-setsize={lines.length} aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start - margin}px)` }}
          >
            {seen > 0 && item.index === seen && <p className="seen"><span>{t("timeline.unseenLine")}</span></p>}
            {line.kind === "one"
              ? <OneLine briefing={line.briefing} chosen={line.briefing.id === chosen} seconds={seconds} authors={authors} camera={camera} />
              : <FoldLine briefings={line.briefings} open={open.has(line.key)} onToggle={() => { onToggle(line.key); }} seconds={seconds} camera={camera} />}
          </li>
        );
      })}
    </ol>
  );
}
