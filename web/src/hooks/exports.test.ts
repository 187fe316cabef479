import { expect, it } from "vitest";
import { startTexts } from "../i18n";
import { aBriefing, aRequest } from "../test/builders";
import { toCSV, toJSON } from "./exports";

it("CSV has the shop's times, and quotes what needs it", () => {
  const csv = toCSV([aBriefing("14:06", 2, { caption: '두 분, "안녕"' }), aBriefing("14:07", null, { degraded: "CAMERA_OFFLINE", caption: "=SUM(A1)" })]);
  expect(csv.split("\r\n")).toEqual([
    "\ufefftime,people,caption,degraded,counts,trouble",
    '2026-11-26 14:06:00,2,"두 분, ""안녕""",,person 2,',
    "2026-11-26 14:07:00,,'=SUM(A1),CAMERA_OFFLINE,,카메라 연결 안 됨",
    "",
  ]);
});

it("JSON has the request and the shop's times", () => {
  const read = JSON.parse(toJSON(aRequest(), [aBriefing("14:06", 2)])) as { request: { interval: number }; briefings: { time: string }[] }; // as written
  expect(read.request.interval).toBe(60);
  expect(read.briefings[0]?.time).toBe("2026-11-26 14:06:00");
});

it("CSV says trouble in English in an English console", async () => {
  await startTexts("en");
  expect(toCSV([aBriefing("14:07", null, { degraded: "CAMERA_OFFLINE", caption: "x" })]).split("\r\n")[1]).toBe("2026-11-26 14:07:00,,x,CAMERA_OFFLINE,,Camera offline");
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠A1", "\t=1", " =1", "\n=1"])("CSV has no formula for %j", (caption) => {
  const cell = toCSV([aBriefing("14:07", 1, { caption })]).split(",14:07")[0]?.slice("\ufefftime,people,caption,degraded,counts,trouble\r\n2026-11-26 14:07:00,1,".length) ?? "";
  expect(cell).toMatch(/^"?'/);
});

it("CSV has one cell for a sentence with the separators of other countries", () => {
  expect(toCSV([aBriefing("14:07", 1, { caption: "손님;=1+1\tx" })])).toContain(',"손님;=1+1\tx",');
});
