// The protocol graphql-transport-ws, message by message: the tests of its reference server, and the
// rules of its text.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import WebSocket from "ws";
import { startServer } from "../server.mjs";
import { add, end, start } from "./api.mjs";
import { dial, hangUp, oldWS, ready, transportWS } from "./peer.mjs";
import { gauge } from "./metrics.mjs";

let server, url;
before(async () => {
  server = await startServer(process.env.BIS_PROGRAM);
  url = server.url;
});
after(async () => {
  hangUp();
  await server.stop();
});

const briefings = "subscription ($requestId: ID!, $after: Cursor) { briefings(requestId: $requestId, after: $after) { id cursor } }";
const nobody = '{ user(username: "nobody") { id } }';

// closes asserts the close code of a socket, and that no message follows.
async function closes(peer, code, reason) {
  const closed = await peer.closed();
  assert.equal(closed.code, code, `closed with ${closed.code} ${closed.reason}`);
  if (reason !== undefined) assert.equal(closed.reason, reason);
}

// watching returns a socket with a subscription, id "watch", to a request of its own, and a
// function that writes a briefing there.
let users = 0;
async function watching(id = "watch", at = url) {
  const username = `watched ${++users}`;
  const requestId = await start(at, username);
  const peer = await ready(at);
  peer.subscribe(id, briefings, { requestId });
  const write = (caption = "one") => add(at, requestId, caption);
  return { peer, requestId, write, end: () => end(at, username) };
}

// refuses asserts a list of errors, with that code if one is given.
function refuses(errors, code) {
  assert.ok(Array.isArray(errors) && errors.length > 0, "errors must be a list");
  assert.ok(errors.every((err) => typeof err.message === "string"));
  if (code) assert.equal(errors[0].extensions.code, code);
}

// refused asserts that an operation failed in its resolver. The protocol allows two forms: error
// alone, or, as in its reference server, next with nothing but errors, and complete.
async function refused(peer, id, code) {
  const message = await peer.next();
  assert.equal(message.id, id);
  if (message.type === "error") return refuses(message.payload, code);
  assert.equal(message.type, "next");
  assert.equal(message.payload.data ?? null, null);
  refuses(message.payload.errors, code);
  assert.deepEqual(await peer.next(), { id, type: "complete" });
}

// free asserts that nothing more came for an id, and that it can be used again.
async function free(peer, id) {
  assert.deepEqual(await peer.quiet(), []);
  peer.subscribe(id, nobody);
  assert.deepEqual(await peer.next(), { id, type: "next", payload: { data: { user: null } } });
  assert.deepEqual(await peer.next(), { id, type: "complete" });
}

describe("handshake", { concurrency: true }, () => {
  test("without a subprotocol: 4406", async () => closes(await dial(url, null), 4406, "Subprotocol not acceptable"));

  for (const offer of ["graphql", "json, graphql", "graphql-TransPort-ws", "graphql-transport-wsgibberish"]) {
    test(`with ${offer}: 4406`, async () => closes(await dial(url, null, offer), 4406));
  }

  for (const offers of [[transportWS], ["other", transportWS], [transportWS, "third"]]) {
    test(`with ${offers}: accepted`, async () => {
      const ws = new WebSocket(`${url.replace("http", "ws")}/graphql`, offers);
      await once(ws, "open");
      assert.equal(ws.protocol, transportWS);
      ws.terminate();
    });
  }

  test("with the older protocol alone: accepted", async () => {
    const peer = await dial(url, oldWS);
    assert.equal(peer.ws.protocol, oldWS);
  });

  test("from a foreign web page: refused with 403", async () => {
    const ws = new WebSocket(`${url.replace("http", "ws")}/graphql`, transportWS, { origin: "https://elsewhere.example" });
    const status = await new Promise((resolve) => {
      ws.once("unexpected-response", (_, response) => response.resume() && resolve(response.statusCode));
      ws.once("upgrade", (response) => resolve(response.statusCode));
    });
    ws.on("error", () => {}).terminate();
    assert.equal(status, 403);
  });
});

describe("connection_init", { concurrency: true }, () => {
  test("is acknowledged, without a payload", async () => {
    const peer = await dial(url);
    peer.send({ type: "connection_init" });
    assert.deepEqual(await peer.next(), { type: "connection_ack" });
  });

  for (const payload of [{}, null, { some: "string", with: { a: 10 } }]) {
    test(`may have the payload ${JSON.stringify(payload)}`, async () => {
      const peer = await dial(url);
      peer.send({ type: "connection_init", payload });
      assert.equal((await peer.next()).type, "connection_ack");
    });
  }

  test("must come within 3 s: 4408, but for who has sent it", async () => {
    const patient = await ready(url);
    const peer = await dial(url);
    const begin = Date.now();
    await closes(peer, 4408, "Connection initialisation timeout");
    const took = Date.now() - begin;
    assert.ok(took > 2_500 && took < 10_000, `closed after ${took} ms`);
    assert.deepEqual(await patient.quiet(), []);
  });

  test("a ping does not stand for it: 4408", async () => {
    const peer = await dial(url);
    assert.deepEqual(await peer.quiet(), []);
    await closes(peer, 4408);
  });

  test("a second one after the acknowledgement: 4429", async () => {
    const peer = await ready(url);
    peer.send({ type: "connection_init" });
    await closes(peer, 4429, "Too many initialisation requests");
  });

  test("a second one at once: 4429", async () => {
    const peer = await dial(url);
    peer.send({ type: "connection_init" });
    peer.send({ type: "connection_init" });
    await closes(peer, 4429, "Too many initialisation requests");
  });

  test("is answered before anything else", async () => {
    const peer = await dial(url);
    peer.send({ type: "connection_init" });
    peer.subscribe("early", nobody);
    // A server may have acknowledged when it reads the second message. Otherwise that message is
    // unauthorized.
    const first = await peer.next().catch(() => undefined);
    if (first === undefined) return closes(peer, 4401, "Unauthorized");
    assert.equal(first.type, "connection_ack");
    const second = await peer.next().catch(() => undefined);
    if (second === undefined) return closes(peer, 4401, "Unauthorized");
    assert.equal(second.type, "next");
  });
});

describe("ping and pong", { concurrency: true }, () => {
  test("a ping is answered, also before connection_init", async () => {
    const peer = await dial(url);
    peer.send({ type: "ping" });
    assert.deepEqual(await peer.next(), { type: "pong" });
  });

  test("with the ping's payload", async () => {
    const peer = await ready(url);
    const payload = { comes: "back", n: 1.5, 손님: ["둘"] };
    peer.send({ type: "ping", payload });
    assert.deepEqual(await peer.next(), { type: "pong", payload });
  });

  test("a pong that nobody asked for is ignored", async () => {
    const peer = await ready(url);
    peer.send({ type: "pong" });
    peer.send({ type: "pong", payload: { un: "asked" } });
    assert.deepEqual(await peer.quiet(), []);
  });

  test("the server pings an idle socket", async () => {
    const peer = await ready(url);
    const frame = once(peer.ws, "ping").then(() => "ping");
    const message = peer.next().then((m) => m.type);
    assert.equal(await Promise.race([frame, message]), "ping");
    message.catch(() => {}); // it continues to wait
  });
});

describe("messages that are none", { concurrency: true }, () => {
  const query = nobody;
  const subscribe = (payload, id = "1") => ({ id, type: "subscribe", payload });
  for (const message of [
    "no JSON", "", "{", "null", "1", '"text"', "[]", "{}", '{"type":"connection_init"} {}',
    { type: null }, { type: 1 }, { type: "unknown" }, { type: "start", id: "1", payload: { query } },
    { type: "ping", payload: "text" }, { type: "pong", payload: [] }, { type: "connection_ack" },
    { type: "next", id: "1", payload: { data: {} } }, { type: "error", id: "1", payload: [{ message: "" }] },
    { type: "complete" }, { type: "complete", id: "" }, { type: "complete", id: 1 },
    { type: "subscribe", payload: { query } }, subscribe({ query }, ""), subscribe({ query }, 1), subscribe({ query }, null),
    subscribe(undefined), subscribe(null), subscribe("text"), subscribe([]),
    subscribe({}), subscribe({ query: null }), subscribe({ query: 1 }),
    subscribe({ query, variables: "text" }), subscribe({ query, variables: [] }),
    subscribe({ query, operationName: 1 }), subscribe({ query, extensions: "text" }),
  ]) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    test(`${text || "nothing"}: 4400`, async () => {
      const peer = await ready(url);
      peer.send(text);
      await closes(peer, 4400);
    });
  }

  test("connection_init with a payload that is no object: 4400", async () => {
    const peer = await dial(url);
    peer.send({ type: "connection_init", payload: "text" });
    await closes(peer, 4400);
  });

  test("a binary frame: 4400", async () => {
    const peer = await ready(url);
    peer.send(Buffer.from(JSON.stringify(subscribe({ query }))));
    await closes(peer, 4400);
  });

  test("a reason fits its frame, whatever the client sent", async () => {
    const peer = await ready(url);
    peer.send({ type: "손".repeat(2_000) });
    await closes(peer, 4400);
  });
});

describe("subscribe", { concurrency: true }, () => {
  test("before connection_init: 4401", async () => {
    const peer = await dial(url);
    peer.subscribe("1", nobody);
    await closes(peer, 4401, "Unauthorized");
  });

  test("a query: next, then complete", async () => {
    const peer = await ready(url);
    peer.subscribe("q", nobody);
    assert.deepEqual(await peer.next(), { id: "q", type: "next", payload: { data: { user: null } } });
    assert.deepEqual(await peer.next(), { id: "q", type: "complete" });
  });

  test("a mutation with variables and a name: next, then complete", async () => {
    const peer = await ready(url);
    const query = "query Other { __typename } mutation In($u: String!) { login(username: $u) { user { username } } }";
    const payload = { query, variables: { u: "by socket" }, operationName: "In", extensions: { any: "thing" } };
    peer.send({ id: "m", type: "subscribe", payload });
    assert.deepEqual(await peer.next(), { id: "m", type: "next", payload: { data: { login: { user: { username: "by socket" } } } } });
    assert.deepEqual(await peer.next(), { id: "m", type: "complete" });
  });

  test("variables, name and extensions may be null", async () => {
    const peer = await ready(url);
    peer.send({ id: "n", type: "subscribe", payload: { query: nobody, variables: null, operationName: null, extensions: null } });
    assert.equal((await peer.next()).type, "next");
  });

  test("a subscription: next for each, complete at the end, and the id is free", async () => {
    const { peer, requestId, write, end } = await watching();
    const ids = [await write(), await write(), await write()];
    for (const id of ids) {
      const message = await peer.next();
      assert.equal(message.type, "next");
      assert.equal(message.payload.data.briefings.id, id);
      assert.deepEqual(Object.keys(message).sort(), ["id", "payload", "type"]);
    }
    await end();
    assert.deepEqual(await peer.next(), { id: "watch", type: "complete" });
    assert.deepEqual(await peer.quiet(), []);

    peer.subscribe("watch", briefings, { requestId });
    for (const id of ids) assert.equal((await peer.next()).payload.data.briefings.id, id);
    assert.deepEqual(await peer.next(), { id: "watch", type: "complete" });
  });

  for (const [what, payload, code] of [
    ["a field that is not there", { query: "{ nothing }" }, "GRAPHQL_VALIDATION_FAILED"],
    ["no GraphQL", { query: "{" }, "GRAPHQL_PARSE_FAILED"],
    ["an empty document", { query: "" }],
    ["two operations without a name", { query: "query A { __typename } query B { __typename }" }],
    ["a name that is not there", { query: "query A { __typename }", operationName: "B" }],
  ]) {
    test(`${what}: error, no complete, and the id is free`, async () => {
      const peer = await ready(url);
      peer.send({ id: "bad", type: "subscribe", payload });
      const { id, type, payload: errors } = await peer.next();
      assert.deepEqual([id, type], ["bad", "error"]);
      refuses(errors, code);
      await free(peer, "bad");
    });
  }

  for (const [what, variables, code] of [
    ["a variable that is missing", {}, "BAD_USER_INPUT"],
    ["a request that is not there", { requestId: "0".repeat(24) }, "NOT_FOUND"],
    ["a cursor that is none", { requestId: "0".repeat(24), after: "x" }],
  ]) {
    test(`${what}: refused, and the id is free`, async () => {
      const peer = await ready(url);
      peer.subscribe("bad", briefings, variables);
      await refused(peer, "bad", code);
      await free(peer, "bad");
    });
  }

  test("a cursor of another request: BAD_CURSOR", async () => {
    const one = await watching();
    await one.write();
    const after = (await one.peer.next()).payload.data.briefings.cursor;
    const other = await watching();
    other.peer.subscribe("bad", briefings, { requestId: other.requestId, after });
    await refused(other.peer, "bad", "BAD_CURSOR");
  });

  test("an id that runs: 4409", async () => {
    const { peer } = await watching("not-unique");
    peer.subscribe("not-unique", nobody);
    await closes(peer, 4409, "Subscriber for not-unique already exists");
  });

  test("an id that is being prepared: 4409", async () => {
    const requestId = await start(url, "prepared");
    const peer = await ready(url);
    peer.subscribe("twice", briefings, { requestId });
    peer.subscribe("twice", briefings, { requestId });
    await closes(peer, 4409, "Subscriber for twice already exists");
  });

  test("an id too long for a close frame: 4409", async () => {
    const id = "길".repeat(100);
    const { peer } = await watching(id);
    peer.subscribe(id, nobody);
    await closes(peer, 4409);
  });

  test("ids are text of any kind, and another client's do not matter", async () => {
    const id = 'a "quoted" \\ id \u0001 \u2028 손님';
    const [one, two] = [await watching(id), await watching(id)];
    for (const { peer, write } of [one, two]) {
      const briefing = await write();
      const message = await peer.next();
      assert.deepEqual([message.id, message.payload.data.briefings.id], [id, briefing]);
    }
  });

  test("many operations run beside one another, each in its order", async () => {
    const { peer, requestId, write, end } = await watching();
    const ids = ["watch", "b", "c", "d"];
    for (const id of ids.slice(1)) peer.subscribe(id, briefings, { requestId });
    peer.subscribe("q", nobody);
    const stored = [];
    for (let i = 0; i < 5; i++) stored.push(await write());
    await end();
    const got = Object.fromEntries([...ids, "q"].map((id) => [id, []]));
    for (let open = ids.length + 1; open > 0; ) {
      const { id, type, payload } = await peer.next();
      got[id].push(type === "next" ? (payload.data.briefings?.id ?? "answer") : type);
      if (type === "complete") open--;
    }
    for (const id of ids) assert.deepEqual(got[id], [...stored, "complete"], id);
    assert.deepEqual(got.q, ["answer", "complete"]);
  });
});

describe("complete by the client", { concurrency: true }, () => {
  test("stops the stream; nothing more comes, no complete either, and the id is free", async () => {
    const { peer, requestId, write } = await watching();
    const first = await write();
    assert.equal((await peer.next()).payload.data.briefings.id, first);
    peer.send({ id: "watch", type: "complete" });
    assert.deepEqual(await peer.quiet(), []);
    // A second subscription proves that the new briefings are sent.
    peer.subscribe("witness", briefings, { requestId });
    const second = await write();
    assert.deepEqual([(await peer.next()).id, (await peer.next()).payload.data.briefings.id], ["witness", second]);
    assert.deepEqual(await peer.quiet(), []);
    peer.subscribe("watch", nobody);
    assert.equal((await peer.next()).id, "watch");
  });

  test("right after subscribe, it counts", async () => {
    const { peer, requestId, write } = await watching("witness");
    for (let i = 0; i < 20; i++) await write();
    for (let i = 0; i < 20; i++) await peer.next();
    peer.subscribe("gone", briefings, { requestId });
    peer.send({ id: "gone", type: "complete" });
    // Briefings that were on their way may still come. Later ones must not, and neither must an
    // end.
    for (const { type } of await peer.quiet()) assert.equal(type, "next");
    const late = await write();
    assert.deepEqual([(await peer.next()).payload.data.briefings.id, await peer.quiet()], [late, []]);
  });

  test("of an id that is unknown or over is ignored", async () => {
    const peer = await ready(url);
    peer.send({ id: "unknown", type: "complete" });
    peer.subscribe("q", nobody);
    assert.deepEqual([(await peer.next()).type, (await peer.next()).type], ["next", "complete"]);
    peer.send({ id: "q", type: "complete" });
    assert.deepEqual(await peer.quiet(), []);
  });

  test("leaves the other operations alone", async () => {
    const { peer, requestId, write } = await watching("stays");
    peer.subscribe("goes", briefings, { requestId });
    await write();
    assert.deepEqual([(await peer.next()).id, (await peer.next()).id].sort(), ["goes", "stays"]);
    peer.send({ id: "goes", type: "complete" });
    assert.deepEqual(await peer.quiet(), []);
    await write();
    assert.equal((await peer.next()).id, "stays");
    assert.deepEqual(await peer.quiet(), []);
  });
});

describe("the end of a socket", () => {
  test("a close by the client is answered with its code", async () => {
    const { peer } = await watching();
    peer.ws.close(4321, "bye");
    assert.equal((await peer.closed()).code, 4321);
  });

  for (const [how, leave] of [
    ["closes", (ws) => ws.close(1000)],
    ["breaks off", (ws) => ws.terminate()],
  ]) {
    test(`who ${how} leaves nothing behind`, async () => {
      // On the shared server, subscriptions of earlier tests may still be ending.
      const own = await startServer(process.env.BIS_PROGRAM);
      const { peer, requestId, write } = await watching("watch", own.url);
      peer.subscribe("b", briefings, { requestId });
      await write();
      assert.equal((await Promise.all([peer.next(), peer.next()])).length, 2);
      assert.equal(await gauge(own.url, "bis_subscribers"), 2);
      leave(peer.ws);
      await gauge(own.url, "bis_subscribers", 0);
      await own.stop();
    });
  }

  test("a stop of the server closes with 1012", async () => {
    const own = await startServer(process.env.BIS_PROGRAM);
    const idle = await ready(own.url);
    const fresh = await dial(own.url);
    const requestId = await start(own.url, "stopped");
    const busy = await ready(own.url);
    busy.subscribe("1", briefings, { requestId });
    await add(own.url, requestId, "one");
    await busy.next();
    await Promise.all([own.stop(), closes(idle, 1012), closes(busy, 1012), closes(fresh, 1012)]);
  });
});
