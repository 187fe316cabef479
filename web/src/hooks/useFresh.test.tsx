import { act, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { aBriefing, aRequest } from "../test/builders";
import { show } from "../test/render";
import { marks } from "./marks";
import { useFresh, useRequestRows } from "./useRows";

const requestId = "f".repeat(24);

function Wrong() {
  const { rows } = useFresh(useRequestRows(requestId), (b) => b.requestId === requestId);
  return <p>{rows.map((b) => (b.reportedWrong ? "wrong" : "right")).join(" ")}</p>;
}

const [first, second] = [aBriefing("14:00", 1), aBriefing("14:01", 1)];
const open = (stored: typeof first) => show(<Wrong />, {
  answers: {
    Now: { data: { user: { id: "u", username: "kim", custom: [], requests: { edges: [{ node: { ...aRequest(), briefings: { edges: [{ node: first }, { node: second }] } } }] } } } },
    BriefingsBefore: { data: { briefings: { edges: [{ node: stored }], pageInfo: { hasPreviousPage: false, startCursor: null } } } },
  },
});

it("prefers the stored copy of a briefing to a live one from before a mark", async () => {
  open({ ...first, reportedWrong: true });
  expect(await screen.findByText("wrong right")).toBeInTheDocument();
});

it("shows a mark that is made on this page, in stored and in live briefings", async () => {
  open(first);
  expect(await screen.findByText("right right")).toBeInTheDocument();
  act(() => { marks.add({ id: first.id, wrong: true }); marks.add({ id: second.id, wrong: true }); });
  expect(screen.getByText("wrong wrong")).toBeInTheDocument();
  act(() => { marks.add({ id: first.id, wrong: false }); });
  expect(screen.getByText("right wrong")).toBeInTheDocument();
});
