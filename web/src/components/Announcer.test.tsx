import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Announcer } from "./Announcer";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

it("reads the last of many briefings out, and not each of them", () => {
  const { rerender } = render(<Announcer id="0" text="0명" />);
  const said = () => screen.getByText((_, el) => el?.getAttribute("aria-live") === "polite").textContent;
  const heard = new Set<string>();
  for (let n = 1; n <= 60; n++) {
    rerender(<Announcer id={String(n)} text={`${String(n)}명`} />);
    act(() => { vi.advanceTimersByTime(1_000); });
    heard.add(said());
  }
  expect(heard.size).toBeLessThanOrEqual(8);
  act(() => { vi.advanceTimersByTime(10_000); });
  expect(said()).toBe("60명");
});
