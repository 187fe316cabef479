import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ now: Date.parse("2026-11-26T14:06:00+09:00"), toFake: ["Date", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

// ask answers a question after so many milliseconds, by a server whose clock is that far ahead.
async function ask(took: number, ahead: number) {
  const { clockedFetch, serverNow } = await import("./clock");
  vi.stubGlobal("fetch", async () => {
    await vi.advanceTimersByTimeAsync(took / 2);
    const headers = { Date: new Date(Date.now() + ahead).toUTCString() };
    await vi.advanceTimersByTimeAsync(took / 2);
    return new Response("{}", { headers });
  });
  await clockedFetch("/graphql", {});
  return Math.round((serverNow() - Date.now()) / 1_000);
}

const hours = 3_600_000;

it.each([
  ["a phone that is right", 100, 0, 0], ["a phone three hours behind", 100, 3 * hours, 3 * 3_600], ["a phone three hours ahead", 100, -3 * hours, -3 * 3_600],
  ["a wrong phone on a slow network", 9_000, 3 * hours, 3 * 3_600], ["a right phone on a slow network", 9_000, 0, 0],
])("knows the server's time: %s", async (_, took, ahead, want) => {
  const got = await ask(took, ahead);
  expect(Math.abs(got - want)).toBeLessThanOrEqual(2);
});

it("a phone whose clock was put right is right again", async () => {
  await ask(100, 3 * hours);
  expect(await ask(100, 0)).toBe(0);
});

it("gives up a question that a dead network does not answer", async () => {
  const { clockedFetch } = await import("./clock");
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => new Promise((_resolve, reject) => { signal?.addEventListener("abort", () => { reject(new Error("aborted")); }); }));
  const outcome = clockedFetch("/graphql", {}).then(() => "answered", () => "given up");
  await vi.advanceTimersByTimeAsync(61_000);
  expect(await outcome).toBe("given up");
});

it("passes an abort of the caller on", async () => {
  const { clockedFetch } = await import("./clock");
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => new Promise((_resolve, reject) => { signal?.addEventListener("abort", () => { reject(new Error("aborted")); }); }));
  const caller = new AbortController();
  const outcome = clockedFetch("/graphql", { signal: caller.signal }).then(() => "answered", () => "left");
  caller.abort();
  expect(await outcome).toBe("left");
});

it("asks nothing for a caller that has left already", async () => {
  const { clockedFetch } = await import("./clock");
  const asked = vi.fn((_: string, { signal }: RequestInit) => (signal?.aborted ? Promise.reject(new Error("aborted")) : Promise.resolve(new Response("{}"))));
  vi.stubGlobal("fetch", asked);
  await expect(clockedFetch("/graphql", { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
});
