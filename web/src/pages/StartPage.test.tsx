import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
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

const custom = ["간단명료하게 말해줘"];
const answers = {
  Now: { data: { user: { id: "u", username: "kim", custom, requests: { edges: [] } } } },
  SaveStyle: { data: { saveStyle: { user: { id: "u", username: "kim", custom: [] }, notes: [] } } },
};

it("changes the style in the form, keeps what was entered, and saves the style before the start", async () => {
  const { sent, history } = show(<StartPage />, { at: "/start", answers: { ...answers, Start: { data: { startBriefing: { id: "f".repeat(24) } } } } });
  fill("끝나는 시각", "18:30");
  await userEvent.click(screen.getByRole("button", { name: "말투 바꾸기" }));
  await userEvent.click(screen.getByRole("button", { name: "공손하게" }));
  expect(screen.getByLabelText("끝나는 시각")).toHaveValue("18:30");
  await userEvent.click(screen.getByRole("button", { name: "시작" }));
  await waitFor(() => { expect(history.at(-1)).toBe("/"); });
  const order = sent.filter((s) => s.name === "SaveStyle" || s.name === "Start");
  expect(order.map((s) => s.name)).toEqual(["SaveStyle", "Start"]);
  expect(order[0]?.variables).toEqual({ input: { username: "kim", lines: [...custom, "공손하게 말해줘"] } });
});

it("saves no style that is as before", async () => {
  const { sent } = show(<StartPage />, { at: "/start", answers: { ...answers, Start: { data: { startBriefing: { id: "f".repeat(24) } } } } });
  await userEvent.click(screen.getByRole("button", { name: "시작" }));
  await waitFor(() => { expect(sent.some((s) => s.name === "Start")).toBe(true); });
  expect(sent.some((s) => s.name === "SaveStyle")).toBe(false);
});

it("repeats a failed start with its key, and takes another key for other values", async () => {
  const { sent } = show(<StartPage />, { at: "/start", answers: { ...answers, Start: { error: new CombinedError({ networkError: new Error("refused") }) } } });
  const keys = () => sent.filter((s) => s.name === "Start").map((s) => (s.variables as { input: { key: string } }).input.key); // as the page sends it
  const go = screen.getByRole("button", { name: "시작" });
  await userEvent.click(go);
  await screen.findByRole("alert");
  await userEvent.click(go);
  await waitFor(() => { expect(keys()).toHaveLength(2); });
  fill("끝나는 시각", "19:00");
  await userEvent.click(go);
  await waitFor(() => { expect(keys()).toHaveLength(3); });
  const [first, second, third] = keys();
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});
