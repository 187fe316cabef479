import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { Route } from "wouter";
import type { BriefingQuery, Verdict } from "../graphql/types";
import { startTexts } from "../i18n";
import { aBriefing, aRequest } from "../test/builders";
import { show } from "../test/render";
import BriefingPage from "./BriefingPage";

type Made = NonNullable<NonNullable<BriefingQuery["briefing"]>["made"]>;

const aMade = (more: Partial<Made> = {}): Made => ({
  source: "good-model", model: "good-model", promptVersion: "1", verdict: "STYLE_SHEET", latencyMs: 1_250, describedBy: null, rejected: [],
  said: [
    { key: "some", line: "사장님, 손님 {people} 계세요.", builtIn: false, slots: [{ name: "people", text: "2명" }] },
    { key: "more", line: "지난 브리핑보다 {step} 늘었습니다.", builtIn: true, slots: [{ name: "step", text: "1명" }] },
  ], ...more,
});

function open(more: object) {
  const briefing = { ...aBriefing("14:05", 2), usage: null, ...more };
  return show(<Route path="/r/:request/:briefing" component={BriefingPage} />, {
    at: `/r/${briefing.requestId}/${briefing.id}`, answers: { Briefing: { data: { briefing } }, Request: { data: { request: aRequest() } } },
  });
}

it("says which lines were chosen, and what stands in their slots", () => {
  const { container } = open({ made: aMade() });
  const lines = [...container.querySelectorAll(".why ol > li")].map((li) => li.textContent);
  expect(lines).toEqual(["손님이 있을 때사장님, 손님 {people} 계세요.{people} 자리에 2명", "전보다 늘었을 때자동 문장지난 브리핑보다 {step} 늘었습니다.{step} 자리에 1명"]);
  expect(container.querySelector(".why dl")).toHaveTextContent("문장모델이 말투에 맞춰 써 둔 문장쓴 모델good-model질문 판1문장에 걸린 시간1,250 ms");
});

it.each<[Verdict | null, Partial<Made>, string]>([
  ["BUILT_IN", { source: "template", model: null }, "문장자동 문장. 정해 둔 모델이 없었어요."],
  ["PENDING", { source: "template", model: null }, "문장자동 문장. 모델이 이 말투의 문장을 쓰고 있었어요."],
  ["STYLE_SHEET", { source: "template", model: null }, "문장자동 문장. 모델이 쓴 문장 가운데 이 말은 없었어요."],
  ["REFUSED", { source: "template", model: null }, "문장자동 문장. 모델이 쓴 문장이 규칙에 맞지 않았어요."],
  ["UNAVAILABLE", { source: "template", model: null }, "문장자동 문장. 모델이 답하지 않았어요."],
  [null, { source: "template", model: null }, "문장자동 문장"],
  [null, { source: "outside", model: null }, "문장외부에서 보냄"],
  [null, { source: "model", model: "old-model" }, "문장old-model 모델"],
  [null, { source: "old-model", model: null }, "문장old-model 모델"],
])("says where the words come from: %s %o", (verdict, more, words) => {
  const { container } = open({ made: aMade({ verdict, said: [], ...more }) });
  expect(container.querySelector(".why dl")).toHaveTextContent(words);
});

it("says what was not said, and which rule refused it", () => {
  open({ made: aMade({ rejected: [{ key: "description", text: "남자가 서 있습니다.", rule: "form" }, { key: "some", text: "손님 3명", rule: "digit" }] }) });
  const list = screen.getByRole("heading", { name: "말하지 않은 것" }).parentElement;
  expect(list).toHaveTextContent(/24시간 뒤에 지워져요.*화면 설명남자가 서 있습니다\.정해진 뜻이 아닌 말이 있어요\..*손님이 있을 때손님 3명숫자를 직접 적었어요/);
});

it("shows what a model says on the picture apart from the sentence", async () => {
  const { container } = open({
    description: "문 앞에 상자가 있습니다.", question: "확인해 주세요: 바닥에 물이 있나요?", headline: "손님 2명",
    made: aMade({ describedBy: "eyes" }), usage: { attempts: 1, inputTokens: 900, outputTokens: 40, estimated: false },
  });
  const answer = within(screen.getByRole("region", { name: "브리핑" }));
  expect((await answer.findByText("모델 설명")).closest("p")).toHaveTextContent("모델 설명 문 앞에 상자가 있습니다.");
  expect(answer.getByText("확인해 주세요").closest("p")).toHaveTextContent(/^확인해 주세요 바닥에 물이 있나요\?$/);
  expect(container.querySelector(".say")).toHaveTextContent(/^매장에 손님 2명이 계십니다\.$/);
  expect(container.querySelector(".why dl")).toHaveTextContent("화면을 설명한 모델eyes");
  expect(container.querySelector(".why dl")).toHaveTextContent("화면 설명에 쓴 것요청 1회 · 보낸 토큰 900 · 받은 토큰 40");
  expect(document.title).toMatch(/^손님 2명 · 11월 26일 \(목\) 오후 2:05 · /);
});

it("says that the requests of the day are spent", () => {
  open({ degraded: "BUDGET_SPENT", made: aMade({ source: "template", model: null, verdict: "UNAVAILABLE" }) });
  expect(screen.getAllByText("AI 한도를 다 써서 자동 문장")).toHaveLength(2);
});

it("is English on an English phone", async () => {
  await startTexts("en");
  const { container } = open({ caption: "Two people.", made: aMade({ said: [{ key: "some", line: "{people} here.", builtIn: true, slots: [{ name: "people", text: "2 people" }] }] }), description: "A box.", question: "Please check: is it wet?" });
  expect(await screen.findByText("Model's description")).toBeInTheDocument();
  expect(screen.getByText("Please check").closest("p")).toHaveTextContent(/^Please check is it wet\?$/);
  expect(container.querySelector(".why")).toHaveTextContent(/lines that a model wrote for the style.*People are therebuilt-in\{people\} here\.2 people for \{people\}/);
  expect(container).not.toHaveTextContent(/[가-힣]/);
});
