import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { App } from "./App";
import { show } from "./test/render";

vi.mock("./pages/NowPage", () => ({ NowPage: () => { throw new Error("x is undefined"); } }));

it("keeps the menu when a page fails", () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
  show(<App />);
  expect(screen.getByText(/보여 드리지 못했어요/)).toBeInTheDocument();
  expect(screen.getByRole("navigation", { name: "메뉴" })).toBeInTheDocument();
  quiet.mockRestore();
});
