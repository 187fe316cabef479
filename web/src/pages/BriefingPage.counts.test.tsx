import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Route } from "wouter";
import type { BriefingQuery, CountMethod } from "../graphql/types";
import { startTexts } from "../i18n";
import { aBriefing, aRequest } from "../test/builders";
import { show } from "../test/render";
import BriefingPage from "./BriefingPage";

type Facts = NonNullable<NonNullable<BriefingQuery["briefing"]>["facts"]>;

const box = (x: number, zone: string | null = null) => ({ x0: x, y0: 0.2, x1: x + 0.1, y1: 0.9, name: "person", zone });
const count = (n: number, zone: string | null, method: CountMethod = "MODEL") => ({ name: "person", count: n, zone, method, estimate: method === "MOTION" });
const facts = (more: Partial<Facts>): Facts => ({ people: 3, change: null, brightness: null, scene: null, detector: "nanodet.onnx", counts: [count(3, null)], boxes: [], ...more });
const frame = { id: "f", at: "2026-11-26T14:05:00+09:00", width: 640, height: 360, url: "/frames/f.jpg" };
const zones = [{ id: "aa", name: "계산대", polygon: { points: [] } }, { id: "bb", name: "입구", polygon: { points: [] } }];

function open(of: Facts, more: object = {}) {
  const briefing = { ...aBriefing("14:05", of.people), facts: of, ...more };
  return show(<Route path="/r/:request/:briefing" component={BriefingPage} />, {
    at: `/r/${briefing.requestId}/${briefing.id}`,
    answers: { Briefing: { data: { briefing } }, Request: { data: { request: aRequest() } }, ZonesOf: { data: { request: { id: "r", camera: { id: "a", zones } } } } },
  });
}

const zoned = facts({ counts: [count(1, "aa"), count(1, "bb"), count(1, "gone")], boxes: [box(0.1, "aa"), box(0.3, "bb"), box(0.5, "gone"), box(0.7)] });

it("shows boxes over the frame, and says how many there are in each zone", async () => {
  const { container } = open(zoned, { frame });
  expect(container.querySelectorAll(".found .box")).toHaveLength(4);
  expect(container.querySelectorAll(".found .box.outside")).toHaveLength(1);
  expect(container.querySelectorAll(".found .box.gone")).toHaveLength(1);
  expect(screen.getByText("찾은 사람 4명")).toBeInTheDocument();
  for (const words of ["계산대 1명", "입구 1명", "지워진 구역 1명", "구역 밖 1명"]) expect(screen.getByText(words)).toBeInTheDocument();
  expect(screen.getByText("구역 밖은 세지 않아요.")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("checkbox", { name: "찾은 사람 표시" }));
  expect(container.querySelectorAll(".found .box")).toHaveLength(0);
  expect(screen.getByText("계산대 1명")).toBeInTheDocument();
});

it("shows a frame without boxes as it is", () => {
  const { container } = open(facts({}), { frame });
  expect(screen.getByRole("img", { name: /^14:05에 찍은 매장 화면/ })).toBeInTheDocument();
  expect(container.querySelector(".found .box")).toBeNull();
  expect(screen.queryByRole("checkbox")).toBeNull();
});

it("says why the boxes are more than the count", () => {
  open(facts({ people: 1, boxes: [box(0.1), box(0.4)] }), { frame });
  expect(screen.getByText(/가운데 값이라 다를 수 있어요/)).toBeInTheDocument();
});

it("says by zone how many were counted, also in one that was deleted", () => {
  open(zoned);
  expect(screen.getByText("계산대 1명, 입구 1명, 지워진 구역 1명")).toBeInTheDocument();
});

it.each([
  ["MODEL", "nanodet.onnx", "모델 nanodet.onnx"], ["MOTION", "motion", "움직임으로 추정"], ["HTTP", "detector.local:5000", "HTTP 감지기 detector.local:5000"], ["OUTSIDE", null, "외부에서 보냄"],
] as const)("says of %s how it counted", (method, detector, words) => {
  open(facts({ detector, counts: [count(3, null, method)] }));
  expect(screen.getByText(words)).toBeInTheDocument();
  expect(screen.queryByText("구역별")).toBeNull();
});

it.each([["ko", "앞 브리핑과 같은 화면이라 다시 세지 않았어요."], ["en", "The picture is the same as at the briefing before, so nothing was counted again."]] as const)("says in %s that nothing changed", async (language, words) => {
  await startTexts(language);
  const { unmount } = open(facts({}), { unchanged: true });
  expect(screen.getByText(words)).toBeInTheDocument();
  unmount();
  open(facts({}));
  expect(screen.queryByText(words)).toBeNull();
});
