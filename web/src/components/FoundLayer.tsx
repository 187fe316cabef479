import type { TestCameraMutation } from "../graphql/types";
import { toneOf, type Placed } from "./found";
import "../styles/found.css";

type Tiles = NonNullable<TestCameraMutation["testCamera"]["tiles"]>;

const percent = (share: number) => `${String(Math.round(share * 10_000) / 100)}%`;

/** The busy tiles and the boxes upon a picture. What they say in words stands beside it. */
export function FoundLayer({ placed, tiles }: { placed: Placed[]; tiles?: Tiles | null }) {
  return (
    <div className="found" aria-hidden="true">
      {tiles?.busy.map((busy, n) => busy && (
        <i
          key={`tile ${String(n)}`} className="tile"
          style={{
            left: percent((n % tiles.columns) / tiles.columns), top: percent(Math.floor(n / tiles.columns) / tiles.rows),
            width: percent(1 / tiles.columns), height: percent(1 / tiles.rows),
          }}
        />
      ))}
      {placed.map(({ place, name, x0, y0, x1, y1 }, n) => (
        <i
          key={n} className={`box ${name === "person" ? toneOf(place) : "thing"}`}
          style={{ left: percent(x0), top: percent(y0), width: percent(x1 - x0), height: percent(y1 - y0) }}
        />
      ))}
    </div>
  );
}
