// A raw WebSocket: it sends exactly the messages of the test, and stores everything that it
// receives.
import { EventEmitter, once } from "node:events";
import WebSocket from "ws";

export const transportWS = "graphql-transport-ws";
export const oldWS = "graphql-ws";

const peers = new Set();

// hangUp breaks every socket that dial has opened.
export function hangUp() {
  for (const peer of peers) peer.ws.terminate();
}

// dial opens a socket. Without a protocol, offer is written into the handshake as a plain header,
// because the ws package would refuse an answer without an offered subprotocol.
export async function dial(url, protocol = transportWS, offer = undefined) {
  const headers = offer === undefined ? {} : { "Sec-WebSocket-Protocol": offer };
  const ws = new WebSocket(`${url.replace("http", "ws")}/graphql`, protocol ? [protocol] : [], { headers });
  const peer = new Peer(ws);
  await once(ws, "open");
  return peer;
}

// ready opens a socket and waits for its acknowledgement.
export async function ready(url) {
  const peer = await dial(url);
  peer.send({ type: "connection_init" });
  const first = await peer.next();
  if (first.type !== "connection_ack") throw new Error(`first came ${JSON.stringify(first)}`);
  return peer;
}

class Peer {
  #messages = [];
  #closed = undefined;
  #changes = new EventEmitter();

  constructor(ws) {
    this.ws = ws;
    peers.add(this);
    ws.on("message", (message) => {
      this.#messages.push(JSON.parse(message));
      this.#changes.emit("one");
    });
    ws.on("close", (code, reason) => {
      this.#closed = { code, reason: String(reason) };
      this.#changes.emit("one");
    });
    ws.on("error", () => {}); // close follows
  }

  send(message) {
    this.ws.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  // subscribe starts an operation by a message of graphql-transport-ws.
  subscribe(id, query, variables) {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  // next returns the next message in the order of arrival, even one that came before a close.
  async next() {
    // One message wakes all waiting callers; those without a message wait again.
    while (this.#messages.length === 0 && !this.#closed) {
      await this.#until(() => this.#messages.length > 0 || this.#closed, "a message");
    }
    if (this.#messages.length > 0) return this.#messages.shift();
    throw new Error(`closed with ${this.#closed.code} ${this.#closed.reason} instead of a message`);
  }

  // quiet returns everything that came before the answer to a ping. A server answers in order, so
  // the effects of all earlier messages are among them.
  async quiet() {
    const payload = { mark: Math.random() };
    this.send({ type: "ping", payload });
    const before = [];
    for (;;) {
      const message = await this.next();
      if (message.type === "pong" && message.payload?.mark === payload.mark) return before;
      before.push(message);
    }
  }

  // closed returns the server's close code and reason. Earlier messages stay for next.
  async closed() {
    await this.#until(() => this.#closed, "a close");
    return this.#closed;
  }

  async #until(reached, what) {
    let late = false;
    const timeout = setTimeout(() => {
      late = true;
      this.#changes.emit("one");
    }, 35_000);
    while (!reached() && !late) await once(this.#changes, "one");
    clearTimeout(timeout);
    if (late) throw new Error(`${what} did not come; so far: ${JSON.stringify(this.#messages)}`);
  }
}
