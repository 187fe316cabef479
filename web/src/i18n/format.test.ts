import { afterEach, describe, expect, it } from "vitest";
import { ago, clock, clockWithDay, day, fileTime, isoDay, nextClock, setZone, shiftDay, span } from "./format";
import { startTexts } from ".";
import { camerasEn } from "./camerasEn";
import { camerasKo } from "./camerasKo";
import { en } from "./en";
import { ko } from "./ko";

const at = "2026-11-26T05:06:09Z"; // 14:06:09 in Seoul

afterEach(() => { setZone("Asia/Seoul"); });

describe("times of the shop", () => {
  it("are the shop's in every zone of the phone", () => {
    expect([clock(at), day(at), isoDay(at), fileTime(at)]).toEqual(["오후 2:06", "11월 26일 (목)", "2026-11-26", "2026-11-26 14:06:09"]);
    expect(isoDay("2026-11-26T15:30:00Z")).toBe("2026-11-27");
    expect(fileTime("2026-11-26T15:00:00Z")).toBe("2026-11-27 00:00:00");
  });
  it("stay in the zone before one that the phone does not know", () => {
    setZone("Asia/Tokyo");
    for (const unknown of ["garbage", "Local", "Europe/Nowhere", ""]) setZone(unknown);
    expect(clock(at)).toBe("오후 2:06");
  });
  it("follow the server's zone", () => {
    setZone("America/New_York");
    expect(fileTime(at)).toBe("2026-11-26 00:06:09");
  });
  it("are written as English does", async () => {
    await startTexts("en");
    expect(clock(at).replace(/\s/g, " ")).toBe("2:06 PM");
  });
});

it("nextClock is the next time that the shop's clocks show", () => {
  const now = Date.parse(at);
  expect(fileTime(nextClock("18:30", now))).toBe("2026-11-26 18:30:00");
  expect(fileTime(nextClock("14:00", now))).toBe("2026-11-27 14:00:00");
  expect(fileTime(nextClock("14:06", now))).toBe("2026-11-27 14:06:00");
  expect(clockWithDay(nextClock("09:00", now), now)).toBe("내일 오전 9:00");
});

it("shiftDay crosses months", () => {
  expect([shiftDay("2026-11-30", 1), shiftDay("2027-01-01", -1)]).toEqual(["2026-12-01", "2026-12-31"]);
});

it.each([[0, "0초"], [59, "59초"], [60, "1분"], [90, "1분 30초"], [900, "15분"], [3_600, "1시간"], [15_780, "4시간 23분"], [200_000, "2일"]])("a span of %d s", (seconds, words) => {
  expect(span(seconds)).toBe(words);
});

it.each([[20, "방금"], [60, "1분 전"], [7_200, "2시간 전"], [90_000, "1일 전"]])("%d s ago", (seconds, words) => {
  expect(ago(at, Date.parse(at) + seconds * 1_000)).toBe(words);
});

it("English has every text, with the same values", () => {
  const values = (text: string) => [...text.matchAll(/\{\{(\w+)/g)].map((m) => m[1]).sort();
  const compare = (a: object, b: object, path: string) => {
    for (const [key, text] of Object.entries(a) as [string, unknown][]) {
      const other = (b as Record<string, unknown>)[key]; // both are tables of texts
      if (typeof text === "string") expect(values(String(other)), `${path}.${key}`).toEqual(values(text));
      else compare(text as object, other as object, `${path}.${key}`); // a table below
    }
  };
  compare(ko, en, "");
  compare(camerasKo, camerasEn, "cameras");
  expect(JSON.stringify([en, camerasEn])).not.toMatch(/[가-힣]/);
});
