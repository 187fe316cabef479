import { screen, waitFor } from "@testing-library/react";
import { CombinedError } from "urql";
import { expect, it } from "vitest";
import { Route } from "wouter";
import { aBriefing, aRequest } from "../test/builders";
import { show, type Answers } from "../test/render";
import SummaryPage from "./SummaryPage";

const newer = aBriefing("14:01", 2);
const answers: Answers = {
  Summary: { data: { aiSummary: { text: "한산했습니다.", generatedAt: newer.at, source: "template", figures: null, advice: [] } } },
  Request: { data: { request: aRequest() } },
};
const page = (hasPreviousPage: boolean) => ({ data: { briefings: { edges: [{ node: newer }], pageInfo: { hasPreviousPage, startCursor: newer.cursor } } } });
const open = (more: Answers) => show(<Route path="/r/:request/summary" component={SummaryPage} />, { at: `/r/${newer.requestId}/summary`, answers: { ...answers, ...more } });
const csv = () => screen.getByRole("button", { name: "CSV 받기" });

it("offers files of all briefings", async () => {
  open({ BriefingsBefore: page(false) });
  await waitFor(() => { expect(csv()).toBeEnabled(); });
  expect(screen.queryByRole("alert")).toBeNull();
});

it("offers no file of a part of the briefings, and says why", async () => {
  open({ BriefingsBefore: ({ before }: { before: string | null }) => (before ? { error: new CombinedError({ networkError: new Error("refused") }) } : page(true)) });
  expect(await screen.findByRole("alert")).toHaveTextContent("기록을 끝까지 불러오지 못했어요.");
  expect(csv()).toBeDisabled();
  expect(screen.getByRole("button", { name: "JSON 받기" })).toBeDisabled();
});
