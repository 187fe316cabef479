import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { beforeEach, expect, it, vi } from "vitest";
import { Route } from "wouter";
import { arrivals } from "../hooks/arrivals";
import { aBriefing } from "../test/builders";
import { show, type Answers } from "../test/render";
import TimelinePage from "./TimelinePage";

const requestId = "f".repeat(24);
const page = (...rows: ReturnType<typeof aBriefing>[]) => ({
  data: { briefings: { edges: rows.map((node) => ({ node })), pageInfo: { hasPreviousPage: false, startCursor: null } } },
});
const open = (answers: Answers) => show(<Route path="/r/:request" component={TimelinePage} />, { at: `/r/${requestId}`, answers });

// The list shows what is in sight, so the window needs a height.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(68);
  Object.defineProperty(window, "innerHeight", { value: 800, configurable: true });
});

it("says that it loads", () => {
  open({});
  expect(screen.getByText("불러오는 중")).toBeInTheDocument();
});

it("says that there is nothing", async () => {
  open({ BriefingsBefore: page() });
  expect(await screen.findByText("이 날은 기록이 없어요")).toBeInTheDocument();
});

it("says trouble, and tries again", async () => {
  const { sent } = open({ BriefingsBefore: { error: new CombinedError({ networkError: new Error("refused") }) } });
  expect(await screen.findByRole("alert")).toHaveTextContent("서버에 닿지 않아요");
  const before = sent.filter((s) => s.name === "BriefingsBefore").length;
  await userEvent.click(screen.getByRole("button", { name: "다시 시도" }));
  expect(sent.filter((s) => s.name === "BriefingsBefore").length).toBeGreaterThan(before);
});

it("folds what did not change, and opens it", async () => {
  open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", 1), aBriefing("14:02", 1), aBriefing("14:03", 2)) });
  const folded = await screen.findByRole("button", { name: /변화 없음 2회/ });
  expect(folded).toHaveAttribute("aria-expanded", "false");
  expect(folded).toHaveTextContent("14:0214:01");
  expect(screen.getAllByRole("link", { name: /손님 1명/ })).toHaveLength(1);
  await userEvent.click(folded);
  expect(screen.getAllByRole("link", { name: /손님 1명/ })).toHaveLength(3);
});

it("shows in a line what a model says on the picture, and folds no question", async () => {
  const asking = { question: "확인해 주세요: 문이 열려 있나요?", description: "상자가 있습니다." };
  open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", 1, asking), aBriefing("14:02", 2)) });
  const line = await screen.findByRole("link", { name: /확인해 주세요/ });
  expect(line).toHaveTextContent(/손님 1명이 계십니다\.확인해 주세요 문이 열려 있나요\?모델 설명 상자가 있습니다\./);
});

it("leaves only problems, and says so in the address", async () => {
  const { history } = open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", null, { degraded: "CAMERA_OFFLINE" })) });
  await userEvent.click(await screen.findByRole("button", { name: "문제만" }));
  await waitFor(() => { expect(screen.queryByRole("link", { name: /손님 1명/ })).toBeNull(); });
  expect(screen.getByText("카메라 연결 안 됨")).toBeInTheDocument();
  expect(history.at(-1)).toContain("kind=problems");
});

// Two people from 09:00 to 09:15 in the shop, and nothing counted in the rest of the day.
const midnight = Date.parse("2026-11-26T00:00:00+09:00");
const occupancy = { data: { occupancy: Array.from({ length: 96 }, (_, n) => ({ from: new Date(midnight + n * 900_000).toISOString(), samples: n === 36 ? 3 : 0, people: n === 36 ? 2 : null })) } };
const ofDay = (answers: Answers) => show(<Route path="/timeline" component={TimelinePage} />, { at: "/timeline?date=2026-11-26", answers });

it("shows the whole day's people while its briefings load", () => {
  ofDay({ Occupancy: occupancy });
  expect(screen.getByRole("img", { name: "하루 동안의 사람 수" }).querySelector(".path")).toHaveAttribute("d", "M112.5 6.0H115.6");
  expect(screen.getByText("불러오는 중")).toBeInTheDocument();
});

it("marks the day from 00 to 24, and asks again in another quarter", async () => {
  const rows = (...some: ReturnType<typeof aBriefing>[]) => ({ data: { dayBriefings: { edges: some.map((node) => ({ node })), pageInfo: { hasNextPage: false, endCursor: null } } } });
  const { sent } = ofDay({ Occupancy: occupancy, DayBriefings: rows(aBriefing("09:01", 2), aBriefing("09:02", 2), aBriefing("09:03", 2)) });
  const jumps = await screen.findAllByRole("button", { name: /기록으로 가기/ });
  expect(jumps.map((b) => b.textContent)).toEqual(["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]);
  const asked = () => sent.filter((s) => s.name === "Occupancy").length;
  const before = asked();
  act(() => { arrivals.add(aBriefing("09:04", 2)); });
  expect(asked()).toBe(before);
  act(() => { arrivals.add(aBriefing("09:16", 1)); });
  expect(asked()).toBeGreaterThan(before);
});

const paged = (hasPreviousPage: boolean, ...rows: ReturnType<typeof aBriefing>[]) => ({
  data: { briefings: { edges: rows.map((node) => ({ node })), pageInfo: { hasPreviousPage, startCursor: rows[0]?.cursor ?? null } } },
});

it("says that a later page failed, and goes on with it", async () => {
  const [old, newer] = [aBriefing("14:00", 1), aBriefing("14:01", 2)];
  let away = true;
  const { sent } = open({
    BriefingsBefore: ({ before }: { before: string | null }) => {
      if (!before) return paged(true, newer);
      return away ? { error: new CombinedError({ networkError: new Error("refused") }) } : paged(false, old);
    },
  });
  expect(await screen.findByRole("alert")).toHaveTextContent("기록을 끝까지 불러오지 못했어요.");
  expect(screen.getByRole("link", { name: /손님 2명/ })).toBeInTheDocument();
  away = false;
  await userEvent.click(screen.getByRole("button", { name: "다시 시도" }));
  expect(await screen.findByRole("link", { name: /손님 1명/ })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: /손님 2명/ })).toBeInTheDocument();
  expect(screen.queryByRole("alert")).toBeNull();
  const asked = sent.filter((s) => s.name === "BriefingsBefore").map((s) => (s.variables as { before: string | null }).before); // as the page sends them
  expect(asked).toEqual([null, newer.cursor, newer.cursor]);
});

it("scrolls again when the same time is chosen twice", async () => {
  const scroll = vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", 2), aBriefing("14:02", 3)) });
  const [jump] = await screen.findAllByRole("button", { name: "14:00 기록으로 가기" });
  await userEvent.click(jump as HTMLElement); // there is one
  await waitFor(() => { expect(scroll).toHaveBeenCalled(); });
  scroll.mockClear();
  await userEvent.click(jump as HTMLElement); // the same
  await waitFor(() => { expect(scroll).toHaveBeenCalled(); });
  scroll.mockRestore();
});

it("marks as seen up to the newest briefing, whatever this device's clock says", async () => {
  const newest = aBriefing("14:01", 2);
  const { sent } = open({ BriefingsBefore: page(aBriefing("14:00", 1), newest), MarkSeen: { data: { markSeen: { id: "u", seenAt: newest.at } } } });
  await userEvent.click(await screen.findByRole("button", { name: "모두 확인" }));
  await waitFor(() => { expect(sent.find((s) => s.name === "MarkSeen")?.variables).toEqual({ username: "kim", at: newest.at }); });
});

it("finds a folded briefing by its sentence", async () => {
  open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", 1, { caption: "손님이 아이스크림을 고르십니다." }), aBriefing("14:02", 2)) });
  await userEvent.type(await screen.findByRole("searchbox"), "아이스");
  expect(await screen.findByRole("link", { name: /아이스크림/ })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: /손님 2명/ })).toBeNull();
});

it("finds a sentence whatever the composition of its letters", async () => {
  open({ BriefingsBefore: page(aBriefing("14:00", 1, { caption: "아이스크림".normalize("NFD") }), aBriefing("14:01", 2)) });
  fireEvent.change(await screen.findByRole("searchbox"), { target: { value: "아이스" } });
  await waitFor(() => { expect(screen.queryByRole("link", { name: /손님 2명/ })).toBeNull(); });
  expect(screen.getAllByRole("listitem")).toHaveLength(1);
});

it("writes a text that is typed into the address once", async () => {
  const { history } = open({ BriefingsBefore: page(aBriefing("14:00", 1)) });
  const field = await screen.findByRole("searchbox");
  const before = history.length;
  for (let n = 1; n <= 40; n++) fireEvent.change(field, { target: { value: "가".repeat(n) } });
  expect(field).toHaveValue("가".repeat(40));
  expect(history.slice(before).length).toBeLessThan(3);
  await waitFor(() => { expect(history.at(-1)).toContain("text="); });
  expect(field).toHaveValue("가".repeat(40));
});

it.each(["foo", "2026-13-45", "2026-02-30", "0000-00-00", ""])("shows today for the day %j of an address", (date) => {
  show(<Route path="/timeline" component={TimelinePage} />, { at: `/timeline?date=${date}`, answers: { Occupancy: occupancy } });
  expect(screen.getByLabelText("날짜")).not.toHaveValue("");
  fireEvent.click(screen.getByRole("button", { name: "전날" }));
  expect(screen.getByLabelText("날짜")).not.toHaveValue("");
});

it("offers no mark without a name", async () => {
  show(<Route path="/r/:request" component={TimelinePage} />, { at: `/r/${requestId}`, user: "", answers: { BriefingsBefore: page(aBriefing("14:00", 1)) } });
  expect(await screen.findByRole("searchbox")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "모두 확인" })).toBeNull();
});

it("reads out how many are left of a filter, and not each arrival", async () => {
  open({ BriefingsBefore: page(aBriefing("14:00", 1), aBriefing("14:01", null, { degraded: "CAMERA_OFFLINE" })) });
  expect(await screen.findByText("기록 2개")).not.toHaveAttribute("role");
  await userEvent.click(screen.getByRole("button", { name: "문제만" }));
  expect(await screen.findByText("기록 1개")).toHaveAttribute("role", "status");
});

it("names the camera of each line where there are several cameras, and not on the page of one", async () => {
  const dayRows = (...some: ReturnType<typeof aBriefing>[]) => ({ data: { dayBriefings: { edges: some.map((node) => ({ node })), pageInfo: { hasNextPage: false, endCursor: null } } } });
  const other = { requestId: "e".repeat(24) };
  const answers = (cameras: object[]): Answers => ({
    Occupancy: occupancy, CameraNames: { data: { cameras } },
    DayBriefings: dayRows(aBriefing("09:01", 2), aBriefing("09:02", 1, other), aBriefing("09:03", 2), aBriefing("09:04", 1, other)),
    CameraOfRequest: ({ requestId: id }: { requestId: string }) => ({ data: { request: { id, camera: id.startsWith("e") ? { id: "a", name: "뒷문" } : { id: "default", name: "demo" } } } }),
  });
  const both = [{ id: "a", name: "뒷문" }, { id: "default", name: "demo" }];
  const { unmount } = ofDay(answers(both));
  expect(await screen.findByRole("link", { name: /손님 1명이 계십니다\.\s*뒷문/ })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: /손님 2명이 계십니다\.\s*기본 카메라/ })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /09:04.*변화 없음 1회.*뒷문/ })).toBeInTheDocument();
  unmount();
  const { sent } = ofDay(answers(both.slice(1)));
  await screen.findByRole("link", { name: /손님 1명/ });
  expect(screen.queryByText("뒷문")).toBeNull();
  expect(sent.some((one) => one.name === "CameraOfRequest")).toBe(false);
});
