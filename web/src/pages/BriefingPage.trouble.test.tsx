import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { CombinedError } from "urql";
import { expect, it, vi } from "vitest";
import { Route } from "wouter";
import { marks } from "../hooks/marks";
import { aBriefing } from "../test/builders";
import { show, type Answers } from "../test/render";
import BriefingPage from "./BriefingPage";

const briefing = aBriefing("14:06", 2);
const open = (answers: Answers) => show(<Route path="/r/:request/:briefing" component={BriefingPage} />, { at: `/r/${briefing.requestId}/${briefing.id}`, answers });

it("shows the sentence", () => {
  open({ Briefing: { data: { briefing } } });
  expect(screen.getByText(briefing.caption)).toBeInTheDocument();
});

it("says that a briefing is missing only if the server says so", () => {
  open({ Briefing: { data: { briefing: null } } });
  expect(screen.getByText("이 브리핑을 찾을 수 없어요")).toBeInTheDocument();
});

it.each([["UNAVAILABLE", "저장소가 잠시 쉬고"], ["RATE_LIMITED", "너무 여러 번"]])("says trouble after %s, and tries again", async (code, words) => {
  const { sent } = open({ Briefing: { data: { briefing: null }, error: new CombinedError({ graphQLErrors: [{ message: "x", extensions: { code } }] }) } });
  expect(screen.getByRole("alert")).toHaveTextContent(words);
  expect(screen.queryByText("이 브리핑을 찾을 수 없어요")).toBeNull();
  const before = sent.filter((s) => s.name === "Briefing").length;
  await userEvent.click(screen.getByRole("button", { name: "다시 시도" }));
  expect(sent.filter((s) => s.name === "Briefing").length).toBeGreaterThan(before);
});

it("tells the list beside that a briefing was marked as wrong", async () => {
  const heard = vi.fn();
  const leave = marks.listen(heard);
  open({ Briefing: { data: { briefing } }, ReportBriefing: { data: { reportBriefing: { id: briefing.id, reportedWrong: true } } } });
  await userEvent.click(screen.getByRole("button", { name: "틀렸어요" }));
  await userEvent.click(screen.getByRole("button", { name: "틀렸어요" }));
  expect(heard).toHaveBeenCalledWith({ id: briefing.id, wrong: true });
  leave();
});
