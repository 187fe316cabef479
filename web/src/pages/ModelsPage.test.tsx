import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { beforeEach, expect, it, vi } from "vitest";
import type { ProvidersQuery } from "../graphql/types";
import { startTexts } from "../i18n";
import { show, type Answers } from "../test/render";
import SettingsPages from "./SettingsPages";

type Provider = ProvidersQuery["providers"][number];

const aProvider = (more: Partial<Provider> = {}): Provider => ({ id: "api.example.com", model: "good-model", seesPictures: true, medianMs: 2_400, state: "OK", lastError: null, ...more });
const cost = { attempts: 3, inputTokens: 2_000, outputTokens: 150, estimated: false };
const open = (providers: Provider[], answers: Answers = {}) => show(<SettingsPages />, { at: "/settings/models", answers: { Providers: { data: { providers } }, ...answers } });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:30+09:00"), toFake: ["Date"] });
  return () => { vi.useRealTimers(); };
});

it("says that the last question had no usable answer", async () => {
  open([aProvider({ state: "FAILING", lastError: "status 500 Internal Server Error" })]);
  expect(await screen.findByRole("region", { name: "good-model" })).toHaveTextContent(/쓸 수 있는 답이 없음.*쓸 수 있는 답을 받지 못했어요.*마지막 문제/);
});

it("shows both providers in their order", async () => {
  open([aProvider(), aProvider({ model: "other-model", seesPictures: false, medianMs: null, state: "UNTRIED" })]);
  expect(await screen.findByRole("region", { name: "good-model" })).toHaveTextContent(/먼저 묻는 모델good-model 답함잘 답하고 있어요\.제공자api\.example\.com화면을 볼 수 있나요볼 수 있어요답에 걸리는 시간2\.4초/);
  expect(screen.getByRole("region", { name: "other-model" })).toHaveTextContent(/답이 없으면 묻는 모델other-model 아직 묻지 않음.*볼 수 없어요답에 걸리는 시간아직 몰라요/);
});

it.each([
  ["PAUSED", "status 401 Unauthorized", /쉬는 중.*아직 확인하지 않았어요.*마지막 문제키를 받아 주지 않았어요.*status 401/],
  ["PAUSED", 'the server has no model "x"; it has y', /서버에 그 모델이 없어요/],
  ["PAUSED", "status 429 Too Many Requests", /너무 자주 묻는다고 했어요/],
  ["OPEN", "status 503 Service Unavailable", /답하지 않음.*다섯 번 잇달아 실패했어요.*제공자의 서버에 문제가 있어요/],
  ["OPEN", "no answer in time", /정해 둔 시간 안에 답하지 않았어요/],
  ["OK", "a sentence of a later version", /마지막 문제a sentence of a later version$/],
] as const)("says in words what is wrong: %s, %s", async (state, lastError, words) => {
  open([aProvider({ seesPictures: null, state, lastError })]);
  expect(await screen.findByRole("region", { name: "good-model" })).toHaveTextContent(words);
});

it("says what no model means, and nothing of what leaves", async () => {
  open([]);
  expect(await screen.findByText("정해 둔 모델이 없어요")).toBeInTheDocument();
  expect(screen.getByText(/브리핑은 그대로 와요/)).toBeInTheDocument();
  expect(screen.queryByText("모델에게 나가는 것")).toBeNull();
});

it("says what leaves, and leads to the privacy of each camera", async () => {
  const camera = (id: string, name: string, egress: object[]) => ({ id, name, egress });
  open([aProvider()], { EgressOf: { data: { cameras: [camera("default", "demo", []), camera("c1", "홀", [{ provider: "api.example.com", egress: "BLURRED" }]), camera("c2", "문", [{ provider: "elsewhere", egress: "FULL" }])] } } });
  const card = within(await screen.findByRole("region", { name: "good-model" }));
  expect(card.getByRole("link", { name: /홀: 흐리게/ })).toHaveAttribute("href", "/cameras/c1/privacy");
  expect(card.getByRole("link", { name: /문: 숫자만/ })).toHaveAttribute("href", "/cameras/c2/privacy");
  expect(card.getByText("설정의 카메라: 숫자만")).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "모델에게 나가는 것" })).toHaveTextContent(/말투만 보내요.*숫자만화면을 보내지 않고.*흐리게.*뭉갠 화면을.*그대로/);
});

it("shows what was asked today, and in the days before", async () => {
  const { sent } = open([aProvider()], { UsageDays: { data: { usage: [{ date: "2026-11-25", usage: { ...cost, attempts: 1_200, estimated: true } }, { date: "2026-11-26", usage: cost }] } } });
  const card = await screen.findByRole("region", { name: "모델에게 물은 양" });
  expect(sent.find((s) => s.name === "UsageDays")?.variables).toEqual({ username: "kim", from: "2026-10-28", to: "2026-11-26" });
  expect(card).toHaveTextContent("오늘 요청 3회 · 보낸 토큰 2,000 · 받은 토큰 150");
  await userEvent.click(within(card).getByRole("button", { name: /날짜별로 보기/ }));
  expect(within(card).getAllByRole("listitem").map((li) => li.textContent)).toEqual([
    "11월 26일 (목)요청 3회 · 보낸 토큰 2,000 · 받은 토큰 150", "11월 25일 (수)요청 1,200회 · 보낸 토큰 2,000 · 받은 토큰 150 (추정)",
  ]);
});

it.each([["none in the month", [], "지난 30일 동안 모델에게 묻지 않았어요."], ["none today", [{ date: "2026-11-20", usage: cost }], "오늘 오늘은 아직 묻지 않았어요."]])("says that nothing was asked: %s", async (_, usage, words) => {
  open([aProvider()], { UsageDays: { data: { usage } } });
  expect(await screen.findByRole("region", { name: "모델에게 물은 양" })).toHaveTextContent(words);
});

it("says trouble, and tries again", async () => {
  const { sent } = open([], { Providers: { error: new CombinedError({ networkError: new Error("refused") }) } });
  expect(await screen.findByRole("alert")).toHaveTextContent("서버에 닿지 않아요");
  await userEvent.click(screen.getByRole("button", { name: "다시 시도" }));
  expect(sent.filter((s) => s.name === "Providers").length).toBeGreaterThan(1);
});

it("is English on an English phone", async () => {
  await startTexts("en");
  const { container } = open([aProvider({ state: "PAUSED", lastError: "status 401 Unauthorized" })], { UsageDays: { data: { usage: [{ date: "2026-11-26", usage: cost }] } } });
  expect(await screen.findByRole("region", { name: "good-model" })).toHaveTextContent(/Asked firstgood-model pausing.*It did not accept the key/);
  expect(container).not.toHaveTextContent(/[가-힣]/);
});

it("is one press from the settings", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 404 })));
  show(<SettingsPages />, { at: "/settings" });
  expect(await screen.findByRole("link", { name: /모델/ })).toHaveAttribute("href", "/settings/models");
  vi.unstubAllGlobals();
});
