import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { startTexts } from "../i18n";
import { aBriefing, aRequest } from "../test/builders";
import { forget, recall, remember } from "./lastState";
import { chooseTheme } from "./useTheme";
import { chooseUser, useUser } from "./useUser";

const denied = () => { throw new DOMException("denied", "SecurityError"); };
const full = () => { throw new DOMException("full", "QuotaExceededError"); };

function Name() {
  return <p>{useUser() || "nobody"}</p>;
}

afterEach(() => {
  vi.unstubAllGlobals();
  chooseUser(""); // also what could not be stored
  forget();
});

it("a name and a state last as long as the page where the storage is full", () => {
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: full, removeItem: () => undefined });
  render(<Name />);
  act(() => { chooseUser("kim"); });
  expect(screen.getByText("kim")).toBeInTheDocument();
  remember({ username: "kim", request: aRequest(), briefings: [aBriefing("14:05", 1)] });
  expect(recall("kim")?.briefings).toHaveLength(1);
});

it("the page begins where the storage is forbidden", async () => {
  vi.stubGlobal("localStorage", { getItem: denied, setItem: denied, removeItem: denied });
  await startTexts();
  chooseTheme("dark");
  expect(document.documentElement.dataset.theme).toBe("dark");
  chooseTheme("auto");
  render(<Name />);
  expect(screen.getByText("nobody")).toBeInTheDocument();
  act(() => { chooseUser("kim"); });
  expect(screen.getByText("kim")).toBeInTheDocument();
});

it("a name that another tab chooses or deletes is that of this tab, too", () => {
  chooseUser("kim");
  render(<Name />);
  localStorage.removeItem("bis.user");
  act(() => { window.dispatchEvent(new StorageEvent("storage", { key: "bis.user" })); });
  expect(screen.getByText("nobody")).toBeInTheDocument();
});

it.each(['{"username":"kim"}', '{"username":"kim","request":{"id":"x"},"briefings":[]}', '{"username":"kim","request":{"ticks":{}},"briefings":{}}', "7", "null", "{"])("a stored state %s does not count", (state) => {
  localStorage.setItem("bis.last", state);
  expect(recall("kim")).toBeNull();
});
