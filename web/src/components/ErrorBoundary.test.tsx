import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { startTexts } from "../i18n";
import { ErrorBoundary } from "./ErrorBoundary";

function Failing({ error }: { error: Error }): never {
  throw error;
}

beforeEach(() => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
  return () => { quiet.mockRestore(); };
});

const gone = new TypeError("Failed to fetch dynamically imported module: https://shop/assets/a.js");
const online = (is: boolean) => vi.spyOn(navigator, "onLine", "get").mockReturnValue(is);

it.each([
  ["ko", true, gone, /새 버전이 나왔거나/], ["ko", false, gone, /인터넷에 연결되어 있지 않아/], ["ko", true, new Error("x is undefined"), /보여 드리지 못했어요/],
  ["en", false, gone, /without a connection/], ["en", true, new Error("x is undefined"), /could not be shown/],
] as const)("says in %s what failed, online %s, %s", async (language, is, error, words) => {
  await startTexts(language);
  const spy = online(is);
  render(<ErrorBoundary><Failing error={error} /></ErrorBoundary>);
  expect(screen.getByText(words)).toBeInTheDocument();
  spy.mockRestore();
});

it("tries the content of another address", () => {
  const { rerender } = render(<ErrorBoundary path="/a"><Failing error={gone} /></ErrorBoundary>);
  rerender(<ErrorBoundary path="/b"><p>fine</p></ErrorBoundary>);
  expect(screen.getByText("fine")).toBeInTheDocument();
});
