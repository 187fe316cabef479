import { beforeEach, expect, it, vi } from "vitest";

// A socket of which the test plays the server. It stays as it is until the test says otherwise.
class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];
  readyState = FakeSocket.CONNECTING;
  sent: { type: string; id?: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  constructor() { FakeSocket.all.push(this); }
  send(text: string) { this.sent.push(JSON.parse(text) as { type: string }); } // the client's messages
  close(code = 1005) {
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.({ code, reason: "" });
  }
  open() {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }
  say(message: object) { this.onmessage?.({ data: JSON.stringify(message) }); }
}

const settle = () => vi.advanceTimersByTimeAsync(1);
const socket = (n: number) => {
  const found = FakeSocket.all[n];
  if (!found) throw new Error(`no socket ${String(n)}`);
  return found;
};

let leave: () => void = () => undefined;

async function connect() {
  vi.resetModules();
  const { connection, openSocket } = await import("./connection");
  const client = openSocket("ws://x/graphql");
  const sink = { next: vi.fn(), error: vi.fn(), complete: vi.fn() };
  leave = client.subscribe({ query: "subscription { a }" }, sink);
  await settle();
  return { connection, sink };
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  return () => {
    leave();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

it("is live only after the server has answered a ping, or sent a message of a stream", async () => {
  const { connection } = await connect();
  socket(0).open();
  await settle();
  socket(0).say({ type: "connection_ack" });
  await settle();
  expect(connection.get()).toBe("idle");
  expect(socket(0).sent.map((m) => m.type)).toContain("ping");
  socket(0).say({ type: "pong" });
  expect(connection.get()).toBe("live");
});

it("is live after the first message of a stream", async () => {
  const { connection } = await connect();
  socket(0).open();
  await settle();
  socket(0).say({ type: "connection_ack" });
  await settle();
  const id = socket(0).sent.find((m) => m.type === "subscribe")?.id;
  socket(0).say({ type: "next", id, payload: { data: {} } });
  expect(connection.get()).toBe("live");
});

it.each([
  ["connects", () => Promise.resolve()],
  ["waits for the acknowledgement", () => { socket(0).open(); return settle(); }],
  ["waits for the first pong", async () => { socket(0).open(); await settle(); socket(0).say({ type: "connection_ack" }); }],
])("gives a socket up that hangs while it %s", async (_, reach) => {
  const { connection } = await connect();
  await reach();
  await vi.advanceTimersByTimeAsync(5_100);
  expect(connection.get()).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakeSocket.all).toHaveLength(2);
});

it("opens a new socket at once when the network returns while the old one hangs", async () => {
  const { connection } = await connect();
  socket(0).close(1006);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakeSocket.all).toHaveLength(2);
  expect(connection.get()).toBe("reconnecting");
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(10);
  expect(FakeSocket.all).toHaveLength(3);
});

it("is idle after the last stream was completed", async () => {
  const { connection, sink } = await connect();
  socket(0).open();
  await settle();
  socket(0).say({ type: "connection_ack" });
  await settle();
  socket(0).say({ type: "pong" });
  const id = socket(0).sent.find((m) => m.type === "subscribe")?.id;
  socket(0).say({ type: "complete", id });
  await settle();
  expect(sink.complete).toHaveBeenCalled();
  expect(connection.get()).toBe("idle");
});
