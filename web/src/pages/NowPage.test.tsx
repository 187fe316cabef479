import { act, screen } from "@testing-library/react";
import { CombinedError } from "urql";
import { beforeEach, expect, it, vi } from "vitest";
import { startTexts } from "../i18n";
import { aBriefing, aCamera, aRequest } from "../test/builders";
import { show } from "../test/render";
import { NowPage } from "./NowPage";

const state = vi.hoisted(() => ({ connection: "live" }));
vi.mock("../hooks/useConnection", () => ({ useConnection: () => state.connection }));

const now = (request: ReturnType<typeof aRequest> | null, ...briefings: ReturnType<typeof aBriefing>[]) => ({
  data: { user: { id: "u", username: "kim", custom: [], requests: { edges: request ? [{ node: { ...request, briefings: { edges: briefings.map((node) => ({ node })) } } }] : [] } } },
});
const unreachable = { error: new CombinedError({ networkError: new Error("refused") }) };

beforeEach(() => {
  state.connection = "live";
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:30+09:00"), toFake: ["Date", "setInterval", "clearInterval"] });
  return () => { vi.useRealTimers(); };
});

it("says that it loads", () => {
  show(<NowPage />);
  expect(screen.getByText("불러오는 중")).toBeInTheDocument();
});

it("shows people, sentence, age, countdown and counts", () => {
  show(<NowPage />, { answers: { Now: now(aRequest(), aBriefing("14:05", 1), aBriefing("14:06", 2)) } });
  const answer = screen.getByRole("region", { name: "브리핑" });
  expect(answer).toHaveTextContent("2명");
  expect(answer).toHaveTextContent("매장에 손님 2명이 계십니다.");
  expect(answer).toHaveTextContent("방금 · 오후 2:06");
  expect(screen.getByText("다음 브리핑 30초 뒤")).toBeInTheDocument();
  expect(screen.getByText("1분마다 · 오후 6:30까지")).toBeInTheDocument();
  expect(screen.getByText("6회 브리핑")).toBeInTheDocument();
  expect(screen.getByText("실시간")).toBeInTheDocument();
});

it("shows what a model says on the picture apart from the sentence", async () => {
  const last = aBriefing("14:06", 2, { description: "문 앞에 상자가 있습니다.", question: "바닥에 물이 있나요?", headline: "손님 2명" });
  show(<NowPage />, { answers: { Now: now(aRequest(), aBriefing("14:05", 1), last) } });
  expect((await screen.findByText("모델 설명")).closest("p")).toHaveTextContent("모델 설명 문 앞에 상자가 있습니다.");
  expect(screen.getByText("확인해 주세요").closest("p")).toHaveTextContent("바닥에 물이 있나요?");
  expect(screen.getByText("매장에 손님 2명이 계십니다.")).toBeInTheDocument();
  expect(document.title).toBe("손님 2명 · kim · 방구석 브리핑");
});

it("has no news in the tab once the briefings have ended", () => {
  show(<NowPage />, { answers: { Now: now(aRequest({ active: false }), aBriefing("14:06", 2, { headline: "손님 2명" })) } });
  expect(document.title).toBe("kim · 방구석 브리핑");
});

it("says after a break that it reconnects, and the time of what is shown", () => {
  state.connection = "reconnecting";
  show(<NowPage />, { answers: { Now: now(aRequest(), aBriefing("14:05", 1)) } });
  expect(screen.getByText("다시 연결 중").textContent).toContain("14:05 기준");
});

it("continues after the newest briefing that was read", () => {
  const last = aBriefing("14:06", 2);
  const { sent } = show(<NowPage />, { answers: { Now: now(aRequest(), aBriefing("14:05", 1), last) } });
  expect(sent.find((s) => s.name === "Briefings")?.variables).toEqual({ requestId: "f".repeat(24), after: last.cursor });
});

it("offers the last request again when nothing runs", async () => {
  const ended = aRequest({ active: false, endedAt: "2026-11-26T14:06:00+09:00", endReason: "ENDED_BY_USER" });
  show(<NowPage />, { answers: { Now: now(ended, aBriefing("14:06", 0)) } });
  expect(await screen.findByText(/직접 끝냈어요/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /어제처럼 시작/ })).toHaveTextContent("1분마다 · 오후 6:30까지");
  expect(screen.queryByRole("button", { name: "끝내기" })).toBeNull();
});

it("repeats the hour of the demo, not its time of day", async () => {
  const ended = aRequest({
    interval: 10, active: false, endReason: "END_TIME", endTime: "2026-11-26T05:06:00Z",
    startedAt: "2026-11-26T13:06:00+09:00", endsAt: "2026-11-26T14:06:00+09:00", endedAt: "2026-11-26T14:06:00+09:00",
  });
  const { sent } = show(<NowPage />, { answers: { Now: now(ended, aBriefing("14:06", 0)) } });
  const again = await screen.findByRole("button", { name: /어제처럼 시작/ });
  expect(again).toHaveTextContent("10초마다 · 오후 3:06까지");
  await act(async () => { again.click(); await Promise.resolve(); });
  expect(sent.find((s) => s.name === "Start")?.variables).toMatchObject({ input: { endTime: "2026-11-26T06:06:30.000Z" } });
});

it.each([["ko", /카메라의 전원과 네트워크를 확인/], ["en", /Check its power and its network/]] as const)("says in %s what to do about a camera that is away", async (language, words) => {
  await startTexts(language);
  const health = { state: "OFFLINE", since: "2026-11-26T14:05:00+09:00", detail: "카메라의 전원과 네트워크를 확인해 주세요.", english: "Check its power and its network." } as const;
  show(<NowPage />, { answers: { Now: now(aRequest({ camera: aCamera({ health }) }), aBriefing("14:06", 2)) } });
  expect(await screen.findByText(words)).toBeInTheDocument();
});

it("offers a start when there was no request", () => {
  show(<NowPage />, { answers: { Now: now(null) } });
  expect(screen.getByRole("link", { name: "브리핑 시작" })).toHaveAttribute("href", "/start");
});

it("shows the last known state when the server is out of reach", () => {
  const { unmount } = show(<NowPage />, { answers: { Now: now(aRequest(), aBriefing("14:06", 2)) } });
  unmount();
  show(<NowPage />, { answers: { Now: unreachable } });
  expect(screen.getByText("매장에 손님 2명이 계십니다.")).toBeInTheDocument();
  expect(screen.getByText(/마지막 상태/)).toBeInTheDocument();
});

it("says what to do when the server is out of reach and nothing is known", () => {
  show(<NowPage />, { answers: { Now: unreachable } });
  expect(screen.getByRole("alert")).toHaveTextContent("서버에 닿지 않아요");
  expect(screen.getByRole("button", { name: "다시 시도" })).toBeInTheDocument();
});

it("reads a new briefing out politely", () => {
  const first = aBriefing("14:05", 1);
  const second = aBriefing("14:06", 3);
  const { push } = show(<NowPage />, { answers: { Now: now(aRequest(), first) } });
  const polite = document.querySelector("[aria-live=polite]");
  expect(polite).toHaveTextContent("");
  act(() => { push("Now", now(aRequest(), first, second)); });
  expect(polite).toHaveTextContent("매장에 손님 3명이 계십니다.");
});
