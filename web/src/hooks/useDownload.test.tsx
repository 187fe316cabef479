import { act, fireEvent, screen } from "@testing-library/react";
import { CombinedError } from "urql";
import { beforeEach, expect, it, vi } from "vitest";
import { aBriefing, aRequest } from "../test/builders";
import { show, type Answers } from "../test/render";
import { useDownload } from "./useDownload";

const saveFile = vi.hoisted(() => vi.fn());
vi.mock("./exports", () => ({ saveFile }));

function Download() {
  const download = useDownload();
  return <button disabled={download.busy} onClick={() => { void download.start(); }}>download</button>;
}

const [old, newer] = [aBriefing("14:00", 1), aBriefing("14:01", 2)];
const answers: Answers = {
  Style: { data: { user: { id: "u", username: "kim", custom: ["짧게"], seenAt: old.at } } },
  Requests: { data: { requests: { edges: [{ node: aRequest() }], pageInfo: { hasNextPage: false, endCursor: null } } } },
};
const page = (hasPreviousPage: boolean, briefing: typeof old) => ({ data: { briefings: { edges: [{ node: briefing }], pageInfo: { hasPreviousPage, startCursor: briefing.cursor } } } });
const limited = { error: new CombinedError({ graphQLErrors: [{ message: "x", extensions: { code: "RATE_LIMITED", retryAfter: 7 } }] }) };
const saved = () => JSON.parse(String(saveFile.mock.calls[0]?.[2])) as { user: { seenAt: string }; requests: { briefings: { caption: string }[] }[] }; // as the hook writes it

beforeEach(() => {
  saveFile.mockClear();
  vi.useFakeTimers();
  return () => { vi.useRealTimers(); };
});

const press = async (ms: number) => {
  fireEvent.click(screen.getByRole("button"));
  await act(() => vi.advanceTimersByTimeAsync(ms));
};

it("saves the user with what was seen, and all briefings, also after a page was refused for a while", async () => {
  let refusals = 1;
  show(<Download />, { answers: { ...answers, BriefingsBefore: ({ before }: { before: string | null }) => (before ? (refusals-- > 0 ? limited : page(false, old)) : page(true, newer)) } });
  await press(6_500);
  expect(saveFile).not.toHaveBeenCalled();
  expect(screen.getByRole("button")).toBeDisabled();
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(saved().user.seenAt).toBe(old.at);
  expect(saved().requests[0]?.briefings.map((b) => b.caption)).toEqual([old.caption, newer.caption]);
  expect(screen.getByRole("button")).toBeEnabled();
});

it("saves nothing that is partial", async () => {
  show(<Download />, { answers: { ...answers, BriefingsBefore: () => limited } });
  await press(40_000);
  expect(saveFile).not.toHaveBeenCalled();
  expect(screen.getByText(/너무 여러 번/)).toBeInTheDocument();
});

it("says trouble that is not an answer of the client", async () => {
  show(<Download />, { answers: { ...answers, Style: {} } });
  await press(100);
  expect(screen.getByText(/서버에 문제가/)).toBeInTheDocument();
});
