import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { useTypedParam } from "./useParam";

beforeEach(() => { vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }); });
afterEach(() => { vi.useRealTimers(); });

it("writes what was typed although the page is drawn again all the time", () => {
  const { hook, searchHook, history } = memoryLocation({ path: "/timeline", record: true });
  const wrapper = ({ children }: { children: ReactNode }) => <Router hook={hook} searchHook={searchHook}>{children}</Router>;
  const { result, rerender } = renderHook(() => useTypedParam("text"), { wrapper });
  act(() => { result.current[1]("아이스"); });
  for (let n = 0; n < 6; n++) {
    act(() => { vi.advanceTimersByTime(100); });
    rerender();
  }
  expect(result.current[0]).toBe("아이스");
  expect(decodeURIComponent(history.at(-1) ?? "")).toContain("text=아이스");
});
