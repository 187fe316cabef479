import { afterEach, expect, it, vi } from "vitest";
import { sendPicture } from "./sender";

afterEach(() => { vi.unstubAllGlobals(); });

it.each([[201, "sent"], [401, "revoked"], [429, "busy"], [503, "away"], [502, "away"], [422, "refused"]])("%i is %s", async (status, said) => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status })));
  expect(await sendPicture({ token: "t", url: "/cameras/a/frames" }, new Blob(["x"]), new AbortController().signal)).toBe(said);
});

it("a server that cannot be reached is away", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
  expect(await sendPicture({ token: "t", url: "/cameras/a/frames" }, new Blob(["x"]), new AbortController().signal)).toBe("away");
});
