// GraphQL over SSE, in distinct connections mode and in single connection mode, and with a plain
// EventSource.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../server.mjs";
import { add, call, end, start, stored } from "./api.mjs";
import { gauge } from "./metrics.mjs";
import { get, hangUp, post } from "./stream.mjs";

let server, url;
before(async () => {
  server = await startServer(process.env.BIS_PROGRAM);
  url = server.url;
});
after(async () => {
  hangUp();
  await server.stop();
});

const briefings = "subscription ($requestId: ID!, $after: Cursor) { briefings(requestId: $requestId, after: $after) { id } }";
const nobody = '{ user(username: "nobody") { id } }';

// request starts a request with a number of briefings.
let users = 0;
async function request(count = 0) {
  const username = `streamed ${++users}`;
  const requestId = await start(url, username);
  const write = () => add(url, requestId, "one");
  for (let i = 0; i < count; i++) await write();
  return { requestId, username, write, end: () => end(url, username), stored: () => stored(url, requestId) };
}

const isStream = ({ response }) => {
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type"), /^text\/event-stream/);
};

// completes asserts `complete`, and then the end. The message must have a data line, because an
// EventSource ignores messages without one.
async function completes(stream) {
  const fields = await nextPart(stream);
  assert.ok(fields.some(([name, value]) => name === "event" && value === "complete"), JSON.stringify(fields));
  assert.ok(fields.some(([name]) => name === "data"), "complete has no data line");
  assert.equal(await stream.next(), undefined);
}

async function nextPart(stream) {
  for (;;) {
    const fields = await stream.part();
    if (fields === undefined || fields.some(([name]) => name !== "")) return fields;
  }
}

describe("distinct connections", { concurrency: true }, () => {
  test("the head comes at once, and says that nobody may keep it back", async () => {
    const { requestId } = await request();
    const stream = await post(url, { query: briefings, variables: { requestId } });
    isStream(stream);
    assert.equal(stream.response.headers.get("x-accel-buffering"), "no");
    assert.match(stream.response.headers.get("cache-control"), /no-cache|no-store/);
  });

  test("a query: next, then complete", async () => {
    const stream = await post(url, { query: nobody });
    isStream(stream);
    const { event, data } = await stream.next();
    assert.deepEqual([event, data], ["next", { data: { user: null } }]);
    await completes(stream);
  });

  test("a mutation by POST: next, then complete", async () => {
    const stream = await post(url, { query: 'mutation { login(username: "by stream") { user { username } } }' });
    assert.deepEqual((await stream.next()).data, { data: { login: { user: { username: "by stream" } } } });
    await completes(stream);
  });

  test("a mutation by GET: refused, and nothing is done", async () => {
    const stream = await get(url, { query: 'mutation { login(username: "by get") { outcome } }' });
    assert.match(await stream.response.text(), /errors/);
    assert.deepEqual(await call(url, '{ user(username: "by get") { id } }'), { user: null });
  });

  for (const [how, open] of [
    ["POST", (body) => post(url, body)],
    ["GET", ({ query, variables }) => get(url, { query, variables: JSON.stringify(variables) })],
  ]) {
    test(`a subscription by ${how}: next for each, complete at the end`, async () => {
      const { requestId, write, end } = await request(1);
      const stream = await open({ query: briefings, variables: { requestId } });
      isStream(stream);
      assert.equal((await stream.next()).event, "next");
      const ids = [await write(), await write()];
      for (const id of ids) assert.deepEqual((await stream.next()).data, { data: { briefings: { id } } });
      await end();
      await completes(stream);
    });
  }

  for (const [what, body, code] of [
    ["a field that is not there", { query: "subscription { nothing }" }, "GRAPHQL_VALIDATION_FAILED"],
    ["no GraphQL", { query: "{" }, "GRAPHQL_PARSE_FAILED"],
    ["a variable that is missing", { query: briefings }, "BAD_USER_INPUT"],
    ["a request that is not there", { query: briefings, variables: { requestId: "0".repeat(24) } }, "NOT_FOUND"],
  ]) {
    test(`${what}: 200, next with errors, complete`, async () => {
      const stream = await post(url, body);
      isStream(stream);
      const { event, data } = await stream.next();
      assert.equal(event, "next");
      assert.equal(data.errors[0].extensions.code, code);
      await completes(stream);
    });
  }

  test("no JSON: 400", async () => {
    const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
    assert.equal((await fetch(`${url}/graphql`, { method: "POST", headers, body: "no JSON" })).status, 400);
  });

  test("after at the end of a request that has ended: complete, with 200", async () => {
    const { requestId, end, stored } = await request(2);
    await end();
    const after = (await stored()).at(-1).cursor;
    const stream = await post(url, { query: briefings, variables: { requestId, after } });
    isStream(stream); // a fetch-based client treats 204 as a fault
    await completes(stream);
  });

  test("a comment comes while there is nothing else to say", async () => {
    const { requestId } = await request();
    const stream = await post(url, { query: briefings, variables: { requestId } });
    for (;;) {
      const fields = await stream.part();
      if (fields.length === 0) continue;
      assert.equal(fields[0][0], "", JSON.stringify(fields));
      if (fields.every(([name]) => name === "")) break;
    }
  });

  test("a foreign web page is refused", async () => {
    const stream = await post(url, { query: nobody }, { Origin: "https://elsewhere.example" });
    assert.equal(stream.response.status, 403);
  });
});

describe("EventSource", { concurrency: true }, () => {
  const follow = (requestId, headers) => get(url, { query: briefings, variables: JSON.stringify({ requestId }) }, headers);

  test("each message has its cursor as id, also when the document does not ask for it", async () => {
    const { requestId, stored } = await request(3);
    const stream = await follow(requestId);
    for (const { id, cursor } of await stored()) {
      const message = await stream.next();
      assert.equal(message.data.data.briefings.id, id);
      assert.equal(message.id, cursor);
    }
  });

  test("Last-Event-ID goes on after it, whatever after says", async () => {
    const { requestId, stored } = await request(4);
    const all = await stored();
    const query = briefings;
    const variables = JSON.stringify({ requestId, after: all[0].cursor });
    const stream = await get(url, { query, variables }, { "Last-Event-ID": all[2].cursor });
    assert.equal((await stream.next()).data.data.briefings.id, all[3].id);
  });

  test("Last-Event-ID works where the document has no after", async () => {
    const { username, stored } = await request(2);
    const [first, second] = await stored();
    const query = `subscription { reloadBriefing(username: "${username}") { id } }`;
    const stream = await get(url, { query }, { "Last-Event-ID": first.cursor });
    assert.equal((await stream.next()).data.data.reloadBriefing.id, second.id);
  });

  test("a Last-Event-ID that is none: BAD_CURSOR, never from the first", async () => {
    const { requestId } = await request(2);
    const { data } = await (await follow(requestId, { "Last-Event-ID": "none" })).next();
    assert.equal(data.errors[0].extensions.code, "BAD_CURSOR");
  });

  test("back after the end, with nothing left: 204, which sends it away for good", async () => {
    const { requestId, end, stored } = await request(2);
    await end();
    const { response } = await follow(requestId, { "Last-Event-ID": (await stored()).at(-1).cursor });
    assert.equal(response.status, 204);
  });

  test("back after the end, with something left: that, then complete", async () => {
    const { requestId, end, stored } = await request(2);
    await end();
    const [first, second] = await stored();
    const stream = await follow(requestId, { "Last-Event-ID": first.cursor });
    assert.equal((await stream.next()).data.data.briefings.id, second.id);
    await completes(stream);
  });

  test("by GET alone, without its Accept, there is no stream", async () => {
    const { requestId } = await request(1);
    const { response } = await follow(requestId, { Accept: "application/json" });
    assert.ok(response.status >= 400, `status ${response.status}`);
  });
});

describe("single connection", { concurrency: true }, () => {
  const header = "X-GraphQL-Event-Stream-Token";
  const ask = (method, token, body, query = "") =>
    fetch(`${url}/graphql${query}`, {
      method,
      headers: { ...(token && { [header]: token }), ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
  const operation = (operationId, query, variables) => ({ query, variables, extensions: { operationId } });

  async function reserve() {
    const response = await ask("PUT");
    assert.equal(response.status, 201);
    assert.match(response.headers.get("content-type"), /^text\/plain/);
    const token = await response.text();
    assert.ok(token.length >= 16, `token ${token}`);
    return token;
  }

  // connected is a reserved and opened stream.
  async function connected() {
    const token = await reserve();
    const stream = await get(url, {}, { [header]: token });
    isStream(stream);
    return { token, stream };
  }

  async function accepted(token, body) {
    const response = await ask("POST", token, body);
    assert.equal(response.status, 202, await response.text());
  }

  test("PUT reserves a token, another each time", async () => {
    assert.notEqual(await reserve(), await reserve());
  });

  for (const [where, open] of [
    ["in its header", (token) => get(url, {}, { [header]: token })],
    ["as a parameter", (token) => get(url, { token })],
  ]) {
    test(`GET with the token ${where}: the stream`, async () => {
      const token = await reserve();
      const stream = await open(token);
      isStream(stream);
      assert.equal(stream.response.headers.get("x-accel-buffering"), "no");
      await accepted(token, operation("q", nobody));
      assert.deepEqual(await said(stream), ["next", { id: "q", payload: { data: { user: null } } }]);
    });
  }

  const said = async (stream) => {
    const { event, data } = await stream.next();
    return [event, data];
  };

  test("a second GET with the same token: 409", async () => {
    const { token } = await connected();
    assert.equal((await get(url, {}, { [header]: token })).response.status, 409);
  });

  test("an unknown token: 404, for each call", async () => {
    const token = "0".repeat(36);
    assert.equal((await get(url, {}, { [header]: token })).response.status, 404);
    assert.equal((await ask("POST", token, operation("q", nobody))).status, 404);
    assert.equal((await ask("DELETE", token, undefined, "?operationId=q")).status, 404);
  });

  test("a query: 202, then next and complete on the stream", async () => {
    const { token, stream } = await connected();
    await accepted(token, operation("q", nobody));
    assert.deepEqual(await said(stream), ["next", { id: "q", payload: { data: { user: null } } }]);
    assert.deepEqual(await said(stream), ["complete", { id: "q" }]);
  });

  test("an operation before the stream is opened waits for it", async () => {
    const token = await reserve();
    await accepted(token, operation("q", nobody));
    const stream = await get(url, {}, { [header]: token });
    assert.deepEqual((await said(stream))[1], { id: "q", payload: { data: { user: null } } });
  });

  test("subscriptions beside one another, each in its order, each with its end", async () => {
    const one = await request(1);
    const two = await request(1);
    const { token, stream } = await connected();
    await accepted(token, operation("one", briefings, { requestId: one.requestId }));
    await accepted(token, operation("two", briefings, { requestId: two.requestId }));
    for (const { write } of [one, two, one]) await write();
    await one.end();
    await two.end();
    const got = { one: [], two: [] };
    for (let open = 2; open > 0; ) {
      const [event, { id, payload }] = await said(stream);
      if (event === "complete") open--;
      else got[id].push(payload.data.briefings.id);
    }
    const ids = async ({ stored }) => (await stored()).map((briefing) => briefing.id);
    assert.deepEqual(got, { one: await ids(one), two: await ids(two) });
  });

  test("DELETE: 200, no result of that operation any more, and the id is free", async () => {
    const { requestId, write } = await request(1);
    const { token, stream } = await connected();
    await accepted(token, operation("goes", briefings, { requestId }));
    assert.equal((await said(stream))[1].id, "goes");
    assert.equal((await ask("DELETE", token, undefined, "?operationId=goes")).status, 200);
    await accepted(token, operation("witness", briefings, { requestId }));
    await write();
    // The reference server confirms with `complete`; no further result may come.
    const other = async () => {
      const [event, { id }] = await said(stream);
      return event === "complete" && id === "goes" ? other() : [event, id];
    };
    assert.deepEqual([await other(), await other()], [["next", "witness"], ["next", "witness"]]);
    await accepted(token, operation("goes", nobody));
    assert.deepEqual(await other(), ["next", "goes"]);
  });

  test("DELETE without an operation: 400", async () => {
    const { token } = await connected();
    assert.equal((await ask("DELETE", token)).status, 400);
  });

  test("an operation without an id: 400", async () => {
    const { token } = await connected();
    assert.equal((await ask("POST", token, { query: nobody })).status, 400);
  });

  test("an id that runs: 409", async () => {
    const { requestId } = await request(1);
    const { token, stream } = await connected();
    await accepted(token, operation("twice", briefings, { requestId }));
    await said(stream);
    assert.equal((await ask("POST", token, operation("twice", nobody))).status, 409);
  });

  test("an operation that is not valid is answered where it was asked: 4xx with errors", async () => {
    const { token, stream } = await connected();
    const response = await ask("POST", token, operation("bad", "{ nothing }"));
    assert.ok(response.status >= 400 && response.status < 500, `status ${response.status}`);
    assert.ok((await response.json()).errors);
    await accepted(token, operation("bad", nobody)); // the id is free
    assert.deepEqual((await said(stream))[1], { id: "bad", payload: { data: { user: null } } });
  });

  test("a stream that breaks off takes its operations and its token with it", async () => {
    const { requestId, write } = await request();
    const { token, stream } = await connected();
    await accepted(token, operation("1", briefings, { requestId }));
    await write();
    await said(stream);
    stream.close();
    for (;;) if ((await ask("POST", token, operation("2", nobody))).status === 404) break;
  });
});

// This test has a server of its own, because on the other one subscriptions of earlier tests may
// still be ending.
test("who breaks off leaves nothing behind", async () => {
  const own = await startServer(process.env.BIS_PROGRAM);
  const requestId = await start(own.url, "streamed");
  await add(own.url, requestId, "one");
  const stream = await post(own.url, { query: briefings, variables: { requestId } });
  await stream.next();
  assert.equal(await gauge(own.url, "bis_subscribers"), 1);
  stream.close();
  await gauge(own.url, "bis_subscribers", 0);
  await own.stop();
});

test("a stop of the server ends a stream without complete, so that its client comes back", async () => {
  const own = await startServer(process.env.BIS_PROGRAM);
  const requestId = await start(own.url, "stopped");
  const stream = await post(own.url, { query: briefings, variables: { requestId } });
  const id = await add(own.url, requestId, "one");
  assert.equal((await stream.next()).data.data.briefings.id, id);
  // An end in the middle of a message is also an end.
  const last = stream.next().catch(() => undefined);
  await own.stop();
  assert.equal(await last, undefined);
});
