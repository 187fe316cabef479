// The older protocol graphql-ws of subscriptions-transport-ws, which Playground and old Apollo
// clients use.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../server.mjs";
import { add, call, end, start } from "./api.mjs";
import { gauge } from "./metrics.mjs";
import { dial, hangUp, oldWS } from "./peer.mjs";

let server, url;
before(async () => {
  server = await startServer(process.env.BIS_PROGRAM);
  url = server.url;
});
after(async () => {
  hangUp();
  await server.stop();
});

const briefings = "subscription ($requestId: ID!) { briefings(requestId: $requestId) { id } }";
const nobody = '{ user(username: "nobody") { id } }';

// ready opens a socket and reads its acknowledgement and first `ka`.
async function ready() {
  const peer = await dial(url, oldWS);
  peer.send({ type: "connection_init", payload: {} });
  assert.equal((await peer.next()).type, "connection_ack");
  assert.equal((await peer.next()).type, "ka");
  return peer;
}

const begin = (peer, id, query, variables) => peer.send({ id, type: "start", payload: { query, variables } });

// answer is the next message other than `ka`.
async function answer(peer) {
  for (;;) {
    const message = await peer.next();
    if (message.type !== "ka") return message;
  }
}

// watching is a socket with an operation "watch" on a request of its own.
let users = 0;
async function watching() {
  const username = `watched ${++users}`;
  const requestId = await start(url, username);
  const peer = await ready();
  begin(peer, "watch", briefings, { requestId });
  return { peer, requestId, write: () => add(url, requestId, "one"), end: () => end(url, username) };
}

describe("the older graphql-ws", { concurrency: true }, () => {
  test("connection_init: acknowledged, then ka", async () => {
    const peer = await dial(url, oldWS);
    peer.send({ type: "connection_init" });
    assert.deepEqual(await peer.next(), { type: "connection_ack" });
    assert.deepEqual(await peer.next(), { type: "ka" });
  });

  test("ka comes again within the 30 s after which a client takes the server for dead", async () => {
    const peer = await ready();
    const begin = Date.now();
    assert.deepEqual(await peer.next(), { type: "ka" });
    assert.ok(Date.now() - begin < 30_000);
  });

  test("a query: data, then complete", async () => {
    const peer = await ready();
    begin(peer, "q", nobody);
    assert.deepEqual(await answer(peer), { id: "q", type: "data", payload: { data: { user: null } } });
    const { id, type } = await answer(peer);
    assert.deepEqual([id, type], ["q", "complete"]);
  });

  test("a mutation with variables and a name: data, then complete", async () => {
    const peer = await ready();
    const query = "query Other { __typename } mutation In($u: String!) { login(username: $u) { user { username } } }";
    peer.send({ id: "m", type: "start", payload: { query, variables: { u: "by old socket" }, operationName: "In" } });
    assert.deepEqual((await answer(peer)).payload, { data: { login: { user: { username: "by old socket" } } } });
    assert.equal((await answer(peer)).type, "complete");
    assert.ok((await call(url, '{ user(username: "by old socket") { id } }')).user);
  });

  test("a subscription: data for each, complete at the end, and the id is free", async () => {
    const { peer, requestId, write, end } = await watching();
    const stored = [await write(), await write(), await write()];
    for (const id of stored) {
      assert.deepEqual(await answer(peer), { id: "watch", type: "data", payload: { data: { briefings: { id } } } });
    }
    await end();
    assert.equal((await answer(peer)).type, "complete");
    begin(peer, "watch", briefings, { requestId });
    for (const id of stored) assert.equal((await answer(peer)).payload.data.briefings.id, id);
    assert.equal((await answer(peer)).type, "complete");
  });

  test("two operations on one socket, each in its order", async () => {
    const { peer, requestId, write } = await watching();
    begin(peer, "other", briefings, { requestId });
    const stored = [await write(), await write()];
    const got = { watch: [], other: [] };
    for (let i = 0; i < 4; i++) {
      const { id, payload } = await answer(peer);
      got[id].push(payload.data.briefings.id);
    }
    assert.deepEqual(got, { watch: stored, other: stored });
  });

  for (const [what, payload] of [
    ["a field that is not there", { query: "{ nothing }" }],
    ["no GraphQL", { query: "{" }],
    ["no query", {}],
    ["a request that is not there", { query: briefings, variables: { requestId: "0".repeat(24) } }],
  ]) {
    test(`${what}: told for its id, and the socket goes on`, async () => {
      const peer = await ready();
      peer.send({ id: "bad", type: "start", payload });
      const { id, type, payload: told } = await answer(peer);
      assert.equal(id, "bad");
      // An error before the execution is sent as `error`, a later one among the errors of `data`,
      // as by old servers.
      const message = type === "error" ? [told].flat()[0].message : told.errors[0].message;
      assert.ok(message, `no message in ${JSON.stringify(told)}`);
      begin(peer, "good", nobody);
      for (let next = await answer(peer); ; next = await answer(peer)) {
        if (next.id === "good") break;
        assert.deepEqual([next.id, next.type, type], ["bad", "complete", "data"], "only after data an end may come");
      }
    });
  }

  test("stop: no data comes any more, and the id is free", async () => {
    const { peer, requestId, write } = await watching();
    await write();
    assert.equal((await answer(peer)).type, "data");
    peer.send({ id: "watch", type: "stop" });
    // Some servers confirm with `complete`, some do not.
    const other = async () => {
      const message = await answer(peer);
      return message.id === "watch" && message.type === "complete" ? answer(peer) : message;
    };
    begin(peer, "q", nobody); // its answer shows that the stop was read
    for (const type of ["data", "complete"]) {
      const message = await other();
      assert.deepEqual([message.id, message.type], ["q", type]);
    }
    begin(peer, "witness", briefings, { requestId });
    const late = await write();
    assert.equal((await other()).id, "witness");
    assert.deepEqual(await other(), { id: "witness", type: "data", payload: { data: { briefings: { id: late } } } });
    begin(peer, "watch", nobody);
    const { id, type } = await answer(peer);
    assert.deepEqual([id, type], ["watch", "data"]);
  });

  test("stop of an unknown id is ignored", async () => {
    const peer = await ready();
    peer.send({ id: "unknown", type: "stop" });
    begin(peer, "q", nobody);
    assert.equal((await answer(peer)).id, "q");
  });

  test("connection_terminate: the server closes, and nothing is left behind", async () => {
    const { peer, write } = await watching();
    await write();
    assert.equal((await answer(peer)).type, "data");
    peer.send({ type: "connection_terminate" });
    await peer.closed();
  });

  for (const message of ["no JSON", "[]", { type: "unknown" }, { id: "1", type: "subscribe", payload: { query: nobody } }]) {
    const text = typeof message === "string" ? message : JSON.stringify(message);
    test(`${text}: told, or closed`, async () => {
      const peer = await ready();
      peer.send(text);
      const said = await answer(peer).catch(() => "closed");
      assert.ok(said === "closed" || ["connection_error", "error"].includes(said.type), JSON.stringify(said));
    });
  }

  test("without connection_init the socket is closed in the end", async () => {
    const peer = await dial(url, oldWS);
    const begin = Date.now();
    await peer.closed();
    assert.ok(Date.now() - begin < 10_000);
  });
});

// This test has a server of its own, because on the other one subscriptions of earlier tests may
// still be ending.
test("who breaks off leaves nothing behind", async () => {
  const own = await startServer(process.env.BIS_PROGRAM);
  const requestId = await start(own.url, "watched");
  await add(own.url, requestId, "one");
  const peer = await dial(own.url, oldWS);
  peer.send({ type: "connection_init" });
  assert.equal((await peer.next()).type, "connection_ack");
  assert.equal((await peer.next()).type, "ka");
  begin(peer, "watch", briefings, { requestId });
  assert.equal((await answer(peer)).type, "data");
  assert.equal(await gauge(own.url, "bis_subscribers"), 1);
  peer.ws.terminate();
  await gauge(own.url, "bis_subscribers", 0);
  await own.stop();
});

test("a stop of the server closes with 1012", async () => {
  const own = await startServer(process.env.BIS_PROGRAM);
  const peer = await dial(own.url, oldWS);
  peer.send({ type: "connection_init" });
  assert.equal((await peer.next()).type, "connection_ack");
  const [closed] = await Promise.all([peer.closed(), own.stop()]);
  assert.equal(closed.code, 1012);
});
