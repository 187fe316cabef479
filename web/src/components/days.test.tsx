import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { aRequest } from "../test/builders";
import { CameraLine } from "./CameraLine";
import { FigureList } from "./FigureList";
import { NextRun } from "./NextRun";
import { SummaryLead } from "./SummaryLead";

const now = Date.parse("2026-11-26T14:06:00+09:00");
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ["Date"] });
  return () => { vi.useRealTimers(); };
});

it("an end tomorrow has its day", () => {
  render(<NextRun request={aRequest({ endsAt: "2026-11-27T14:00:00+09:00" })} now={now} />);
  expect(screen.getByText("1분마다 · 내일 오후 2:00까지")).toBeInTheDocument();
});

it.each([["2026-11-26T09:00:00+09:00", "09:00"], ["2026-11-25T21:00:00+09:00", "어제 오후 9:00"]])("a camera that is away since %s says %s", (since, words) => {
  render(<CameraLine camera={{ id: "default", name: "c", health: { state: "OFFLINE", since, detail: null, english: null }, lastFrame: null }} />);
  expect(screen.getByText(`· ${words}`)).toBeInTheDocument();
});

it.each([[true, "11월 25일 (수) 오후 2:00"], [false, "오후 2:00"]])("the peak of several days (%s) is at %s", (days, words) => {
  const figures = {
    samples: 3, counted: 3, occupiedShare: null, averagePeople: null, peak: 2, peakAt: "2026-11-25T14:00:00+09:00",
    longestEmptyMinutes: null, hours: [], offlineMinutes: 0, unchanged: 0,
  };
  render(<><FigureList figures={figures} days={days} /><SummaryLead figures={figures} days={days} /></>);
  expect(screen.getByText(`2명 · ${words}`)).toBeInTheDocument();
  expect(screen.getByText(`${words}에 2명으로 가장 붐볐어요.`)).toBeInTheDocument();
});

it("says what became of the ticks", () => {
  render(<NextRun request={aRequest({ ticks: { done: 12, skipped: 0, missed: 2, unchanged: 9 } })} now={now} />);
  expect(screen.getByText("12회 브리핑")).toBeInTheDocument();
  expect(screen.getByText("놓침 2")).toBeInTheDocument();
  expect(screen.getByText("변화 없음 9")).toBeInTheDocument();
});
