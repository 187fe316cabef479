import { expect, it } from "vitest";
import { addressOf, emptyDraft, guides, inputOf, type Guide } from "./guides";

it("puts host, port and parts into the address of the kind", () => {
  const address = (more: object) => addressOf({ ...emptyDraft, host: " 10.0.0.7 ", ...more });
  expect(address({})).toBe("http://10.0.0.7/ISAPI/Streaming/channels/101/picture");
  expect(address({ way: "stream" })).toBe("rtsp://10.0.0.7:554/Streaming/Channels/102");
  expect(address({ way: "stream", host: "10.0.0.7:8554" })).toBe("rtsp://10.0.0.7:8554/Streaming/Channels/102");
  expect(address({ kind: "tapo", way: "picture" })).toBe("rtsp://10.0.0.7:554/stream2");
  expect(address({ kind: "frigate", part: "문 앞" })).toBe("http://10.0.0.7:5000/api/%EB%AC%B8%20%EC%95%9E/latest.jpg");
  expect(address({ host: "" })).toBe("");
  expect(address({ host: "rtsp://10.0.0.9/live" })).toBe("rtsp://10.0.0.9/live");
  expect(address({ kind: "other", address: " http://x/y.jpg " })).toBe("http://x/y.jpg");
});

it("sends a login apart from the address, or percent-encoded where it is a part", () => {
  const login = { user: "admin", password: "a#b%/@ 가", host: "h" };
  expect(inputOf({ ...emptyDraft, ...login })).toEqual({ source: "http://h/ISAPI/Streaming/channels/101/picture", credentials: { username: "admin", password: "a#b%/@ 가" } });
  const inside = inputOf({ ...emptyDraft, ...login, kind: "reolink" });
  expect(inside).toEqual({ source: "http://h/cgi-bin/api.cgi?cmd=Snap&channel=0&rs=bis&user=admin&password=a%23b%25%2F%40%20%EA%B0%80" });
  expect(addressOf({ ...emptyDraft, ...login, kind: "reolink" }, true)).not.toContain("a%23");
});

it("sends of a stored camera the changes alone", () => {
  const stored = { id: "c", name: "문", source: "http://h/***" };
  const draft = { ...emptyDraft, kind: "other" as const, name: "문", address: "http://h/***" };
  expect(inputOf(draft, stored)).toEqual({ id: "c" });
  expect(inputOf({ ...draft, name: "뒤", forget: true }, stored)).toEqual({ id: "c", name: "뒤", credentials: null });
});

it("no template has a word that is left over", () => {
  for (const [kind, guide] of Object.entries<Guide>(guides)) {
    for (const way of ["picture", "stream"] as const) {
      if (!guide[way]) continue;
      const address = addressOf({ ...emptyDraft, kind: kind as keyof typeof guides, way, host: "h", part: "p", token: "t", user: "u", password: "w" }); // a key of the table
      expect(address, kind).not.toMatch(/HOST|NAME|TOKEN|USER|PASSWORD/);
      expect(() => new URL(address)).not.toThrow();
    }
  }
});
