import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "../test/render";
import StartPage from "./StartPage";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:00+09:00"), toFake: ["Date"] });
  return () => { vi.useRealTimers(); };
});

const fill = (label: string, value: string) => {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
};

it("says the first briefing, the end and how many, and starts", async () => {
  const { sent } = show(<StartPage />, { at: "/start", answers: { Start: { data: { startBriefing: { id: "f".repeat(24) } } } } });
  await userEvent.click(screen.getByRole("radio", { name: "5분" }));
  fill("끝나는 시각", "18:30");
  expect(screen.getByText("오늘 · 4시간 24분")).toBeInTheDocument();
  expect(screen.getByText("오후 2:11")).toBeInTheDocument();
  expect(screen.getByText("52회")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "시작" }));
  await waitFor(() => { expect(sent.some((s) => s.name === "Start")).toBe(true); });
  expect(sent.find((s) => s.name === "Start")?.variables).toMatchObject({ input: { username: "kim", interval: 300, endTime: "18:30" } });
});

it("says when the end is tomorrow", () => {
  show(<StartPage />, { at: "/start" });
  fill("끝나는 시각", "09:00");
  expect(screen.getByText("내일 · 18시간 54분")).toBeInTheDocument();
});

it("refuses an interval that the server refuses", async () => {
  show(<StartPage />, { at: "/start" });
  await userEvent.click(screen.getByRole("radio", { name: "직접 입력" }));
  fill("몇 초마다", "0");
  expect(screen.getByRole("alert")).toHaveTextContent("1초에서");
  expect(screen.getByRole("button", { name: "시작" })).toBeDisabled();
});
