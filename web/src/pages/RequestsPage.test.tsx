import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { aRequest } from "../test/builders";
import { show } from "../test/render";
import RequestsPage from "./RequestsPage";

// A list of requests by their interval, newest first, of which each part has two.
let all = [4, 3, 2, 1];
const part = ({ after }: { after: string | null }) => {
  const begin = after ? all.indexOf(Number(after)) + 1 : 0;
  const some = all.slice(begin, begin + 2);
  const edges = some.map((n) => ({ node: aRequest({ id: String(n), interval: n * 60, active: false }) }));
  return { data: { requests: { edges, pageInfo: { hasNextPage: begin + 2 < all.length, endCursor: String(some.at(-1)) } } } };
};
const shown = () => screen.getAllByText(/분마다/).map((el) => /(\d+)분마다/.exec(el.textContent)?.[1]);

it("shows more, and none falls out of sight when a new request comes", async () => {
  const { push } = show(<RequestsPage />, { answers: { Requests: part } });
  await userEvent.click(await screen.findByRole("button", { name: "더 보기" }));
  await waitFor(() => { expect(shown()).toEqual(["4", "3", "2", "1"]); });
  all = [5, ...all]; // started on another device
  act(() => { push("Requests", part({ after: null })); });
  await waitFor(() => { expect(shown()).toEqual(expect.arrayContaining(["5", "4", "3"])); });
});
