import { act, screen } from "@testing-library/react";
import { CombinedError } from "urql";
import { beforeEach, expect, it, vi } from "vitest";
import { clock } from "../i18n/format";
import { NowPage } from "../pages/NowPage";
import { aBriefing, aRequest } from "../test/builders";
import { show } from "../test/render";
import { useLive } from "./useLive";
import { chooseUser } from "./useUser";

let socket = "live";
vi.mock("./useConnection", () => ({ useConnection: () => socket }));

const about = { timeZone: "Asia/Seoul", wording: "template" };
const now = (...briefings: ReturnType<typeof aBriefing>[]) => ({
  data: { user: { id: "u", username: "kim", custom: [], requests: { edges: [{ node: { ...aRequest(), briefings: { edges: briefings.map((node) => ({ node })) } } }] } }, camera: null, about },
});
const coded = (code: string, more: object = {}) => new CombinedError({ graphQLErrors: [{ message: "x", path: ["user"], extensions: { code, ...more } }] });
// The user is nullable, so an answer of a store that is away has data beside its error.
const away = { data: { user: null, camera: null, about }, error: coded("UNAVAILABLE") };
const asked = (sent: { name: string }[], name: string) => sent.filter((s) => s.name === name).length;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:30+09:00"), toFake: ["Date", "setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
  return () => {
    socket = "live";
    vi.useRealTimers();
  };
});

it("asks now and then where no socket opens", async () => {
  socket = "reconnecting";
  const [first, second] = [aBriefing("14:05", 1), aBriefing("14:06", 2)];
  let answer = now(first);
  const { push, sent } = show(<NowPage />, { answers: { Now: () => answer } });
  expect(screen.getByText("매장에 손님 1명이 계십니다.")).toBeInTheDocument();
  answer = now(first, second);
  const before = asked(sent, "Now");
  await act(() => vi.advanceTimersByTimeAsync(10_100));
  expect(asked(sent, "Now")).toBeGreaterThan(before);
  act(() => { push("Now", answer); }); // what the cache passes on
  expect(screen.queryByText("매장에 손님 1명이 계십니다.")).toBeNull();
});

it("forgets the last state of a name that was deleted on another device", () => {
  localStorage.setItem("bis.last", JSON.stringify({ username: "kim", request: aRequest(), briefings: [] }));
  show(<NowPage />, { answers: { Now: { data: { ...now().data, user: null } } } });
  expect(localStorage.getItem("bis.last")).toBeNull();
});

it("forgets the last state when another tab has deleted the name, even if it was stored again meanwhile", () => {
  chooseUser("kim");
  show(<NowPage />, { answers: { Now: now(aBriefing("14:05", 1)) } });
  expect(localStorage.getItem("bis.last")).not.toBeNull();
  localStorage.removeItem("bis.user");
  act(() => { window.dispatchEvent(new StorageEvent("storage", { key: "bis.user" })); });
  expect(localStorage.getItem("bis.last")).toBeNull();
});

it("keeps the last state of a name while the store is away", () => {
  localStorage.setItem("bis.last", JSON.stringify({ username: "kim", request: aRequest(), briefings: [] }));
  show(<NowPage />, { answers: { Now: away } });
  expect(localStorage.getItem("bis.last")).not.toBeNull();
});

it("keeps the briefings while the store is away, says so, follows them, and asks again", async () => {
  const { sent, push } = show(<NowPage />, { answers: { Now: now(aBriefing("14:05", 1), aBriefing("14:06", 2)) } });
  act(() => { push("Now", away); });
  expect(screen.getByText("매장에 손님 2명이 계십니다.")).toBeInTheDocument();
  expect(screen.getByText(/저장소가 잠시 쉬고/)).toBeInTheDocument();
  expect(screen.getByText("다시 연결 중")).toBeInTheDocument();
  expect(screen.queryByText("아직 브리핑이 없어요")).toBeNull();
  expect([asked(sent, "RequestChanged"), asked(sent, "Briefings")]).toEqual([1, 1]);
  const before = asked(sent, "Now");
  await act(() => vi.advanceTimersByTimeAsync(5_100));
  expect(asked(sent, "Now")).toBeGreaterThan(before);
  expect(screen.queryByText(/저장소가 잠시 쉬고/)).toBeNull();
});

it("does not say that there are no briefings when the store is away from the beginning", async () => {
  const { sent } = show(<NowPage />, { answers: { Now: away } });
  expect(screen.getByRole("alert")).toHaveTextContent("저장소가 잠시 쉬고");
  expect(screen.queryByText("아직 브리핑이 없어요")).toBeNull();
  const before = asked(sent, "Now");
  await act(() => vi.advanceTimersByTimeAsync(5_100));
  expect(asked(sent, "Now")).toBeGreaterThan(before);
});

it("does not ask again after a refusal", async () => {
  const { sent } = show(<NowPage />, { answers: { Now: { data: { ...away.data }, error: coded("FORBIDDEN") } } });
  const before = asked(sent, "Now");
  await act(() => vi.advanceTimersByTimeAsync(20_000));
  expect(asked(sent, "Now")).toBe(before);
});

it("reads the requests again when the stream of changes is completed", async () => {
  let known = true;
  const { end } = show(<NowPage />, { answers: { Now: () => (known ? now(aBriefing("14:06", 2)) : { data: { ...now().data, user: null } }) } });
  known = false; // deleted on another device
  act(() => { end("RequestChanged"); });
  await act(() => vi.advanceTimersByTimeAsync(100));
  expect(screen.getByText("아직 브리핑이 없어요")).toBeInTheDocument();
  expect(screen.getByText("쉬는 중")).toBeInTheDocument();
});

it.each(["BAD_CURSOR", "RATE_LIMITED"])("begins again from the newest briefing after a stream ended with %s", async (code) => {
  const [first, second] = [aBriefing("14:05", 1), aBriefing("14:06", 2)];
  const { sent, push } = show(<NowPage />, { answers: { Now: now(first) } });
  expect(screen.getByText("실시간")).toBeInTheDocument();
  const before = asked(sent, "Now");
  act(() => { push("Briefings", { data: { briefings: first }, error: coded(code) }); });
  expect(screen.getByText("다시 연결 중")).toBeInTheDocument();
  act(() => { push("Now", now(first, second)); }); // what the cache passes on when Now is read again
  await act(() => vi.advanceTimersByTimeAsync(5_100));
  expect(asked(sent, "Now")).toBe(before + 1);
  expect(screen.getByText("실시간")).toBeInTheDocument();
  expect(sent.filter((s) => s.name === "Briefings").map((s) => (s.variables as { after: string }).after)).toEqual([first.cursor, second.cursor]); // as the feed sends them
});

function Time() {
  useLive();
  return <p>{clock("2026-11-26T05:06:00Z")}</p>;
}
const inAuckland = { ...about, timeZone: "Pacific/Auckland" };

it("asks for the shop's zone without a name, and remembers it for a start without the server", () => {
  const { unmount } = show(<Time />, { user: "", answers: { About: { data: { about: inAuckland } } } });
  expect(screen.getByText("오후 6:06")).toBeInTheDocument();
  unmount();
  localStorage.setItem("bis.zone", "Asia/Tokyo");
  show(<Time />, { answers: { Now: { error: new CombinedError({ networkError: new Error("refused") }) } } });
  expect(screen.getByText("오후 2:06")).toBeInTheDocument();
});

it("stores the zone of the answers", () => {
  show(<Time />, { answers: { Now: { data: { ...away.data, about: inAuckland } } } });
  expect(localStorage.getItem("bis.zone")).toBe("Pacific/Auckland");
});
