import { describe, expect, it } from "vitest";
import { aBriefing } from "../test/builders";
import { filterLines, fold, searchLines, unfold } from "./fold";

const day = [
  aBriefing("14:00", 1), aBriefing("14:01", 1), aBriefing("14:02", 1), aBriefing("14:03", 2),
  aBriefing("14:04", null, { degraded: "CAMERA_OFFLINE" }), aBriefing("14:05", null, { degraded: "CAMERA_OFFLINE" }), aBriefing("14:06", 2),
];
const shape = (lines: ReturnType<typeof fold>) => lines.map((l) => (l.kind === "one" ? l.briefing.at.slice(11, 16) : `${String(l.briefings.length)} folded`));

describe("fold", () => {
  it("keeps the first of a run and folds the others, newest first", () => {
    expect(shape(fold(day))).toEqual(["14:06", "1 folded", "14:04", "14:03", "2 folded", "14:00"]);
  });
  it("does not fold across requests", () => {
    expect(fold([aBriefing("14:00", 1), aBriefing("14:01", 1, { requestId: "e".repeat(24) })])).toHaveLength(2);
  });
  it("does not fold what is marked as wrong", () => {
    const marked = day.map((b, i) => (i === 1 ? { ...b, reportedWrong: true } : b));
    expect(shape(fold(marked)).slice(-3)).toEqual(["1 folded", "14:01", "14:00"]);
  });
  it("folds what the server calls unchanged, and what it looked at again with the same counts", () => {
    const unchanged = { unchanged: true };
    const rows = [aBriefing("14:00", 1), aBriefing("14:01", 1, unchanged), aBriefing("14:02", 1, unchanged), aBriefing("14:03", 1), aBriefing("14:04", 1, unchanged), aBriefing("14:05", 2)];
    expect(shape(fold(rows))).toEqual(["14:05", "4 folded", "14:00"]);
  });
  it("does not fold the first one of the list, also if it is unchanged", () => {
    expect(shape(fold([aBriefing("14:00", 1, { unchanged: true }), aBriefing("14:01", 1, { unchanged: true })]))).toEqual(["1 folded", "14:00"]);
  });
  it("folds each of two cameras by itself while they come in turns", () => {
    const other = { requestId: "e".repeat(24) };
    const rows = [aBriefing("14:00", 1), aBriefing("14:01", 0, other), aBriefing("14:02", 1), aBriefing("14:03", 0, other), aBriefing("14:04", 1), aBriefing("14:05", 3, other)];
    const lines = fold(rows);
    expect(shape(lines)).toEqual(["14:05", "2 folded", "1 folded", "14:01", "14:00"]);
    expect(lines.flatMap((l) => (l.kind === "fold" ? [[...new Set(l.briefings.map((b) => b.requestId[0]))].join()] : []))).toEqual(["f", "e"]);
  });
  it("gives nothing for nothing", () => {
    expect(fold([])).toEqual([]);
  });
});

describe("unfold", () => {
  it("puts the briefings of an opened line below it, newest first", () => {
    const lines = fold(day);
    const opened = lines.find((l) => l.kind === "fold" && l.briefings.length === 2);
    expect(shape(unfold(lines, new Set([opened?.key ?? ""])))).toEqual(["14:06", "1 folded", "14:04", "14:03", "2 folded", "14:02", "14:01", "14:00"]);
  });
});

describe("filterLines", () => {
  it("leaves changes", () => {
    expect(shape(filterLines(fold(day), "changes"))).toEqual(["14:06", "14:04", "14:03", "14:00"]);
  });
  it("leaves problems", () => {
    expect(shape(filterLines(fold(day), "problems"))).toEqual(["1 folded", "14:04"]);
  });
});

describe("searchLines", () => {
  it("folds no briefing that asks the owner something", () => {
    const asking = [aBriefing("14:00", 1), aBriefing("14:01", 1, { question: "문이 열려 있나요?" }), aBriefing("14:02", 1)];
    expect(shape(fold(asking))).toEqual(["1 folded", "14:01", "14:00"]);
  });

  it("finds text in what a model says on the picture", () => {
    const rows = [aBriefing("14:00", 1, { description: "상자가 문 앞에 있습니다." }), aBriefing("14:01", 2, { question: "문이 열려 있나요?" })];
    expect(shape(searchLines(fold(rows), "상자"))).toEqual(["14:00"]);
    expect(shape(searchLines(fold(rows), "열려"))).toEqual(["14:01"]);
  });

  it("finds text, also in folded briefings", () => {
    expect(shape(searchLines(fold(day), " 연결 "))).toEqual(["14:05", "14:04"]);
    expect(shape(searchLines(fold(day), "1명"))).toEqual(["14:02", "14:01", "14:00"]);
  });
});
