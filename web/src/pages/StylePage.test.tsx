import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SheetRowFragment } from "../graphql/types";
import { startTexts } from "../i18n";
import { aBriefing } from "../test/builders";
import { show, type Answers } from "../test/render";
import StylePage from "./StylePage";

const pending = { code: "SHEET_PENDING", text: "모델이 이 말투의 문장을 쓰고 있습니다.", line: null };
const unmeasured = { code: "NOT_MEASURED", text: "성별은 재지 않습니다.", line: 2 };

const aSheet = (more: Partial<SheetRowFragment> = {}): SheetRowFragment => ({
  verdict: "STYLE_SHEET", language: "ko", builtIn: "polite", provider: "api.example.com", model: "good-model", madeAt: "2026-11-26T14:00:00+09:00",
  usage: { attempts: 2, inputTokens: 1_800, outputTokens: 640, estimated: true },
  keys: [
    { key: "some", builtIn: false, lines: [{ line: "사장님, 손님 {people} 계세요.", sample: "사장님, 손님 2명 계세요." }] },
    { key: "offline", builtIn: true, lines: [{ line: "카메라에 연결할 수 없습니다.", sample: "카메라에 연결할 수 없습니다." }] },
    { key: "head_some", builtIn: false, lines: [{ line: "손님 {people}", sample: "손님 2명" }] },
    { key: "new_key", builtIn: true, lines: [] },
  ],
  refused: [{ key: "nobody", text: "손님 3명 없음", rule: "digit" }, { key: "some", text: "이상한 줄", rule: "new_rule" }],
  notes: [], ...more,
});

const open = (answers: Answers) => show(<StylePage />, { at: "/style", answers: { Style: { data: { user: { id: "u", username: "kim", custom: ["공손하게 말해줘"], seenAt: null } } }, ...answers } });
const sheetIs = (sheet: SheetRowFragment) => ({ data: { styleSheet: sheet } });
const card = () => screen.findByRole("region", { name: "이 말투의 문장" });

beforeEach(() => { vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-26T14:06:30+09:00") }); });
afterEach(() => { vi.useRealTimers(); });
const user = () => userEvent.setup({ advanceTimers: (ms) => { vi.advanceTimersByTime(ms); } });

it("shows who wrote the lines, and what that cost", async () => {
  open({ StyleSheet: sheetIs(aSheet()) });
  expect(await card()).toHaveTextContent(/모델이 이 말투로 쓴 문장으로 말해요.*언어한국어.*바탕이 되는 자동 문장공손한 말.*쓴 모델good-model \(api\.example\.com\).*쓴 때11월 26일 \(목\) 오후 2:00.*요청 2회 · 보낸 토큰 1,800 · 받은 토큰 640 \(추정\)/);
});

it("shows the lines by what they say, with examples, and marks the built-in ones", async () => {
  open({ StyleSheet: sheetIs(aSheet()) });
  const shown = within(await card());
  await user().click(shown.getByRole("button", { name: /^브리핑 3가지/ }));
  const item = (name: string) => shown.getAllByText(name)[0]?.closest("li");
  expect(item("손님이 있을 때")).toHaveTextContent("손님이 있을 때사장님, 손님 2명 계세요.사장님, 손님 {people} 계세요.");
  expect(item("카메라에 연결되지 않을 때")).toHaveTextContent("카메라에 연결되지 않을 때자동 문장카메라에 연결할 수 없습니다.");
  expect(item("new_key")).toHaveTextContent("자동 문장");
  await user().click(shown.getByRole("button", { name: /^짧은 제목 1가지/ }));
  expect(shown.getByText("손님 2명")).toBeInTheDocument();
});

it("shows what was refused, with the rule in words", async () => {
  open({ StyleSheet: sheetIs(aSheet()) });
  const shown = await card();
  expect(shown).toHaveTextContent(/손님이 없을 때손님 3명 없음숫자를 직접 적었어요/);
  expect(shown).toHaveTextContent(/이상한 줄규칙에 맞지 않아요\. \(new_rule\)/);
});

it.each([
  ["BUILT_IN", "모델이 없어 자동 문장으로 말해요."], ["PENDING", "모델이 문장을 쓰는 동안 자동 문장으로 말해요."], ["UNAVAILABLE", "모델이 답하지 않아 자동 문장으로 말해요."],
  ["REFUSED", "모델이 쓴 문장이 규칙에 맞지 않아 자동 문장으로 말해요."],
] as const)("says in words where the lines come from: %s", async (verdict, words) => {
  open({ StyleSheet: sheetIs(aSheet({ verdict, provider: null, model: null, madeAt: null, usage: null, refused: [] })) });
  expect(await card()).toHaveTextContent(words);
});

it("offers no rewriting without a model, and leads to the models", async () => {
  open({ StyleSheet: sheetIs(aSheet({ verdict: "BUILT_IN", model: null })) });
  expect(within(await card()).getByRole("link", { name: "모델 보기" })).toHaveAttribute("href", "/settings/models");
  expect(screen.queryByRole("button", { name: "다시 쓰기" })).toBeNull();
});

it("asks for new lines, and looks until they are there", async () => {
  let sheet = aSheet();
  const { sent } = open({ StyleSheet: () => sheetIs(sheet), RewriteStyle: () => { sheet = aSheet({ notes: [pending] }); return { data: { rewriteStyle: sheet } }; } });
  await card();
  await user().click(screen.getByRole("button", { name: "다시 쓰기" }));
  expect(sent.find((s) => s.name === "RewriteStyle")?.variables).toEqual({ username: "kim" });
  expect(await screen.findByText("모델이 아직 쓰고 있어요. 다 쓰면 여기에 나타나요.")).toBeInTheDocument();
  expect(await screen.findByText(pending.text)).toBeInTheDocument();
  await waitFor(() => { expect(screen.getByRole("button", { name: "다시 쓰기" })).toBeDisabled(); });
  sheet = aSheet({ madeAt: "2026-11-26T14:06:40+09:00" });
  await act(() => vi.advanceTimersByTimeAsync(3_100));
  expect(await screen.findByText("새 문장이 준비됐어요.")).toBeInTheDocument();
  const asked = sent.filter((s) => s.name === "StyleSheet").length;
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(sent.filter((s) => s.name === "StyleSheet")).toHaveLength(asked);
});

it("waits for new lines also if the server does not repeat that they are on their way", async () => {
  let sheet = aSheet();
  open({ StyleSheet: () => sheetIs(sheet), RewriteStyle: { data: { rewriteStyle: aSheet({ notes: [pending] }) } } });
  await card();
  await user().click(screen.getByRole("button", { name: "다시 쓰기" }));
  expect(await screen.findByText(/모델이 아직 쓰고 있어요/)).toBeInTheDocument();
  sheet = aSheet({ madeAt: "2026-11-26T14:06:50+09:00" });
  await act(() => vi.advanceTimersByTimeAsync(3_100));
  expect(await screen.findByText("새 문장이 준비됐어요.")).toBeInTheDocument();
});

it("says that no new lines came, and that the present ones stay", async () => {
  const gone = { code: "MODEL_UNAVAILABLE", text: "모델이 답하지 않았습니다.", line: null };
  open({ StyleSheet: sheetIs(aSheet()), RewriteStyle: { data: { rewriteStyle: aSheet({ notes: [gone] }) } } });
  await card();
  await user().click(screen.getByRole("button", { name: "다시 쓰기" }));
  expect(await screen.findByText(gone.text)).toBeInTheDocument();
  await waitFor(() => { expect(screen.getByRole("button", { name: "다시 쓰기" })).toBeEnabled(); });
  expect(screen.queryByText("새 문장이 준비됐어요.")).toBeNull();
});

it("says while the model writes that the present lines stay", async () => {
  open({ StyleSheet: sheetIs(aSheet()), RewriteStyle: undefined });
  await card();
  await user().click(screen.getByRole("button", { name: "다시 쓰기" }));
  expect(await screen.findByText(/모델이 문장을 다시 쓰고 있어요/)).toBeInTheDocument();
  await waitFor(() => { expect(screen.getByRole("button", { name: "다시 쓰기" })).toBeDisabled(); });
});

it("gives up looking after three minutes, and can look again", async () => {
  const { sent } = open({ StyleSheet: () => sheetIs(aSheet({ verdict: "PENDING", notes: [pending] })) });
  await card();
  const asked = () => sent.filter((s) => s.name === "StyleSheet").length;
  await act(() => vi.advanceTimersByTimeAsync(300_000));
  expect(asked()).toBeLessThanOrEqual(62);
  expect(await screen.findByText(/오래 걸리고 있어요/)).toBeInTheDocument();
  const before = asked();
  await user().click(screen.getByRole("button", { name: "다시 확인" }));
  await act(() => vi.advanceTimersByTimeAsync(3_100));
  expect(asked()).toBeGreaterThan(before);
});

it("does not look while the page is in the background", async () => {
  const { sent } = open({ StyleSheet: () => sheetIs(aSheet({ verdict: "PENDING" })) });
  await card();
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  const before = sent.length;
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(sent).toHaveLength(before);
});

it("says why new lines are refused", async () => {
  open({ StyleSheet: sheetIs(aSheet()), RewriteStyle: { error: new CombinedError({ graphQLErrors: [{ message: "slow down", extensions: { code: "RATE_LIMITED" } }] }) } });
  await card();
  await user().click(screen.getByRole("button", { name: "다시 쓰기" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("너무 여러 번 눌렀어요");
});

it("saves the lines, says what cannot be honoured, and reads the sheet again", async () => {
  let sheet = aSheet();
  const { sent } = open({
    StyleSheet: () => sheetIs(sheet),
    SaveStyle: () => {
      sheet = aSheet({ verdict: "PENDING", notes: [pending, unmeasured] });
      return { data: { saveStyle: { user: { id: "u", username: "kim", custom: [] }, notes: [pending, unmeasured] } } };
    },
  });
  await card();
  await user().click(screen.getByRole("button", { name: "편한 말로" }));
  await user().click(screen.getByRole("button", { name: "저장" }));
  expect(sent.find((s) => s.name === "SaveStyle")?.variables).toEqual({ input: { username: "kim", lines: ["공손하게 말해줘", "편하게 반말로 해줘"] } });
  expect(await screen.findByText("2번째 줄: 성별은 재지 않습니다.")).toBeInTheDocument();
  expect(screen.getAllByText(pending.text)).toHaveLength(1);
  sheet = aSheet({ notes: [unmeasured] });
  await act(() => vi.advanceTimersByTimeAsync(3_100));
  await waitFor(() => { expect(screen.queryByText(pending.text)).toBeNull(); });
  expect(screen.getAllByText("2번째 줄: 성별은 재지 않습니다.")).toHaveLength(1);
});

it("shows briefings of the last day beside the new style, and its notes", async () => {
  const [old, before] = [aBriefing("14:05", 2, { at: "2026-11-25T15:00:00+09:00" }), aBriefing("14:00", 0)];
  open({
    StyleSheet: sheetIs(aSheet()),
    PreviewStyle: { data: { previewStyle: { before: "지금 문장", after: "새 문장", samples: [{ briefing: before, after: "아무도 없어." }, { briefing: old, after: "손님 2명 있어." }], notes: [pending] } } },
  });
  await user().click(await screen.findByRole("button", { name: "미리 보기" }));
  const list = within(await screen.findByRole("list", { name: "지난 하루의 브리핑" }));
  expect(list.getAllByRole("listitem").map((li) => li.textContent)).toEqual([
    `오후 2:00지금 말투: ${before.caption}새 말투: 아무도 없어.`, `11월 25일 (수) 오후 3:00지금 말투: ${old.caption}새 말투: 손님 2명 있어.`,
  ]);
  expect(screen.getByText("새 문장")).toBeInTheDocument();
  expect(screen.getByText(pending.text)).toBeInTheDocument();
});

it("says that a preview can take a while", async () => {
  open({ StyleSheet: sheetIs(aSheet()) });
  await user().click(await screen.findByRole("button", { name: "미리 보기" }));
  expect(await screen.findByText("새 말투로 써 보고 있어요. 20초까지 걸릴 수 있어요.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "미리 보기" })).toBeDisabled();
});

it("keeps the form when the sheet is in trouble", async () => {
  open({ StyleSheet: { error: new CombinedError({ networkError: new Error("refused") }) } });
  expect(await screen.findByRole("alert")).toHaveTextContent("서버에 닿지 않아요");
  expect(screen.getByRole("button", { name: "편한 말로" })).toBeInTheDocument();
});

it("is English on an English phone, except for the owner's lines", async () => {
  await startTexts("en");
  open({ StyleSheet: sheetIs(aSheet({ notes: [pending, unmeasured, { code: "NEW_CODE", text: "새 쪽지", line: null }] })) });
  const shown = await screen.findByRole("region", { name: "The lines of this style" });
  expect(shown).toHaveTextContent("A model is writing the lines of this style.");
  expect(shown).toHaveTextContent("Line 2: What the server does not measure cannot be said.");
  expect(shown).toHaveTextContent("새 쪽지");
  await user().click(within(shown).getByRole("button", { name: /^Briefings 3 things/ }));
  expect(within(shown).getByText("사장님, 손님 2명 계세요.").closest("ul")).toHaveAttribute("lang", "ko");
});
