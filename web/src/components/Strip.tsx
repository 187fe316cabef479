import type { ReactNode } from "react";

export interface Point { at: number; people: number | null }

interface Props {
  points: Point[];
  label: string;
  from: number;
  to: number;
  children?: ReactNode;
}

/** People over time as one line of steps. Stretches without a count are gaps. */
export function Strip({ points, label, from, to, children }: Props) {
  const most = Math.max(2, ...points.map((p) => p.people ?? 0));
  const x = (at: number) => (((at - from) / Math.max(1, to - from)) * 300).toFixed(1);
  const y = (people: number) => (53 - (people / most) * 47).toFixed(1);
  let line = "";
  let area = "";
  points.forEach((point, i) => {
    if (point.people === null) return;
    const before = points[i - 1];
    const next = points[i + 1];
    const end = x(next ? next.at : to);
    const start = x(point.at);
    line += `${before?.people == null ? `M${start} ${y(point.people)}` : `V${y(point.people)}`}H${end}`;
    area += `M${start} 54V${y(point.people)}H${end}V54Z`;
  });
  return (
    <figure className="strip">
      <svg viewBox="0 0 300 56" preserveAspectRatio="none" role="img" aria-label={label}>
        <path className="area" d={area} />
        <path className="base" d="M0 54H300" />
        <path className="path" d={line} />
      </svg>
      {children}
    </figure>
  );
}
