import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Confirm } from "../components/Confirm";
import { Sheet } from "../components/Sheet";
import { show } from "../test/render";

beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); });
afterEach(() => {
  vi.useRealTimers();
  history.replaceState(null, "");
});

const dialogs = {
  sheet: (close: () => void) => <Sheet title="연장" onClose={close}>x</Sheet>,
  question: (close: () => void) => <Confirm title="끝낼까요?" text="x" action="끝내기" busy={false} problem="" onConfirm={() => undefined} onCancel={close} />,
};

function open(kind: keyof typeof dialogs) {
  const close = vi.fn();
  const push = vi.spyOn(history, "pushState");
  const back = vi.spyOn(history, "back").mockImplementation(() => undefined);
  const view = show(dialogs[kind](close));
  act(() => { vi.advanceTimersByTime(1); });
  expect(screen.getByText("x")).toBeInTheDocument();
  return { ...view, close, pushed: push, back };
}

it.each(["sheet", "question"] as const)("the back button closes a %s", (kind) => {
  const { close, pushed, back, unmount } = open(kind);
  expect(pushed).toHaveBeenCalledTimes(1);
  act(() => { window.dispatchEvent(new PopStateEvent("popstate")); });
  expect(close).toHaveBeenCalledTimes(1);
  unmount();
  expect(back).not.toHaveBeenCalled(); // the entry is gone already
});

it.each(["sheet", "question"] as const)("a %s that closes in another way removes its entry", (kind) => {
  const { close, back, unmount } = open(kind);
  unmount();
  expect(back).toHaveBeenCalledTimes(1);
  expect(close).not.toHaveBeenCalled();
});

it("a dialog that led to another page does not lead back", () => {
  const { back, unmount } = open("question");
  history.pushState(null, "", "/"); // as after data was deleted
  unmount();
  expect(back).not.toHaveBeenCalled();
});
