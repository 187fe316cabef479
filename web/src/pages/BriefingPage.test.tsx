import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { Route } from "wouter";
import { aBriefing, aRequest } from "../test/builders";
import { show } from "../test/render";
import BriefingPage from "./BriefingPage";

const shared = vi.hoisted(() => vi.fn());
vi.mock("../hooks/useShare", () => ({ useShare: () => shared }));

beforeEach(() => {
  shared.mockClear();
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:30+09:00"), toFake: ["Date"] });
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

const open = (briefing: ReturnType<typeof aBriefing>, user = "lee") => show(<Route path="/r/:request/:briefing" component={BriefingPage} />, {
  at: `/r/${briefing.requestId}/${briefing.id}`, user,
  answers: {
    Briefing: { data: { briefing } },
    Request: { data: { request: aRequest({ username: "kim" }) } },
    Now: { data: { user: { id: "u", username: user, custom: [], requests: { edges: [] } } } },
  },
});

it.each([
  ["today", aBriefing("14:05", 2), "[kim] 오후 2:05 매장에 손님 2명이 계십니다."],
  ["an older day", aBriefing("14:05", 2, { at: "2026-11-24T14:05:00+09:00" }), "[kim] 11월 24일 (화) 오후 2:05 매장에 손님 2명이 계십니다."],
])("shares a briefing of %s under the name of its owner", async (_, briefing, text) => {
  open(briefing);
  await userEvent.click(screen.getByRole("button", { name: "공유" }));
  await waitFor(() => { expect(shared).toHaveBeenCalledWith(text, location.href); });
});

it("keeps the shared address when it leaves KakaoTalk's browser", () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (Linux; Android 14) KAKAOTALK/11.0.0", languages: ["ko"], language: "ko" });
  window.history.replaceState(null, "", "/r/a/b");
  open(aBriefing("14:05", 2), "");
  const link = screen.getByRole("link", { name: "브라우저로 열기" });
  expect(link).toHaveAttribute("href", `kakaotalk://web/openExternal?url=${encodeURIComponent(`${location.origin}/r/a/b`)}`);
  window.history.replaceState(null, "", "/");
});

it("says a stranger on plain HTTP what does not work, and the owner only in the settings", () => {
  vi.stubGlobal("isSecureContext", false);
  const { unmount } = open(aBriefing("14:05", 2), "");
  expect(screen.getByText(/앱 설치와 오프라인 보기가 안 돼요/)).toBeInTheDocument();
  unmount();
  open(aBriefing("14:05", 2), "kim");
  expect(screen.queryByText(/앱 설치와 오프라인 보기가 안 돼요/)).toBeNull();
});

it("shows the picture that was measured, and nothing in its place once it is deleted", () => {
  const frame = { id: "f", at: "2026-11-26T14:05:00+09:00", width: 640, height: 360, url: "/frames/f.jpg" };
  const { unmount } = open(aBriefing("14:05", 2), "kim");
  expect(screen.queryByRole("img", { name: /매장 화면/ })).toBeNull();
  unmount();
  open({ ...aBriefing("14:05", 2), frame } as ReturnType<typeof aBriefing>, "kim");
  const picture = screen.getByRole("img", { name: /^14:05에 찍은 매장 화면/ });
  expect(picture).toHaveAttribute("src", "/frames/f.jpg");
  fireEvent.error(picture);
  expect(screen.queryByRole("img", { name: /매장 화면/ })).toBeNull();
});
