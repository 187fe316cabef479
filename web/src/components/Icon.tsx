const paths = {
  now: "M12 5c-5 0-8.5 4.2-9.5 7 1 2.8 4.500 7 9.500 7s8.500-4.200 9.500-7c-1-2.800-4.500-7-9.500-7Zm0 3.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7Z",
  timeline: "M4 6h3M10 6h10M4 12h3M10 12h10M4 18h3M10 18h10",
  summary: "M5 20v-7M12 20V4M19 20v-11M3 20h18",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  share: "M12 15V4M8 7.500 12 3.500l4 4M5 12v7h14v-7",
  camera: "M4 8h3l1.500-2.500h7L17 8h3v11H4ZM12 10a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7Z",
  empty: "M4 19h16M6 19v-9l6-5 6 5v9M10 19v-5h4v5",
  alert: "M12 4 2.500 20h19ZM12 10v5M12 17.500v.500",
} as const;

export type IconName = keyof typeof paths;

/** A line drawing beside words. Screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
