// Each client subscribes, and its connection is cut and the server restarted while briefings are
// written. It must get every briefing once, in order, and then the end. All clients share one
// series of breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setInterval as every } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { startProxy } from "../proxy.mjs";
import { startServer } from "../server.mjs";
import { add, call, end, later, start, stored } from "./api.mjs";
import { install } from "./docs.mjs";
import { Follower } from "./follower.mjs";
import { forgetful, patient, plain, resuming, starting } from "./fleet.mjs";

// Much longer than a client's first pauses, which are 1.3 to 4 s and 2.3 to 5 s.
const patience = 20_000;
const username = "follower";
const starter = "starter";

test("clients that are cut off and restarted", async (t) => {
  const server = await startServer(process.env.BIS_PROGRAM);
  const proxy = await startProxy(Number(new URL(server.url).port));
  const world = await gather(server, proxy);
  const writer = write(server.url, world.requestId);
  try {
    await breaks(world, server, proxy, writer);
    await writer.stop();
    for (const name of [username, starter]) await end(server.url, name);
    await Promise.all(world.all.map((follower) => follower.ended(patience)));
    await report(t, world, server.url);
  } finally {
    await writer.stop();
    for (const follower of world.all) follower.stop();
    proxy.stop();
    await server.stop();
  }
});

// gather starts a request, and every client following it.
async function gather(server, proxy) {
  // The pipeline's own runs come every second, the writer's briefings between them.
  const requestId = await start(server.url, username, 1);
  const sample = install(proxy.host);
  const asked = { requestId, username };
  const following = (clients) => Object.entries(clients).map(([name, follow]) => new Follower(name, follow, asked));

  const helped = following(await resuming(sample));
  const { resuming: helper } = await sample("resuming.mjs");
  // By default graphql-ws stops when a connection is refused. Without a proxy that waits, it needs
  // shouldRetry.
  const url = `ws://${server.host}/graphql`;
  helped.push(...following({
    "graphql-ws without a proxy": plain(helper(createClient({ url, shouldRetry: () => true }))),
    "EventSource that is sent away with 204": patient(`http://${proxy.host}/graphql`),
  }));
  const unhelped = following(forgetful(proxy.host));

  const input = { username: starter, interval: 1, endTime: later(), key: "my start" };
  const { client } = await sample("graphql-ws.mjs");
  const begun = new Follower("startBriefing with a key", starting(client), { input });
  return { requestId, helped, unhelped, begun, all: [...helped, ...unhelped, begun] };
}

// breaks cuts connections and restarts the server. After each break every client must receive the
// briefings that were written after it.
async function breaks({ helped, unhelped, begun }, server, proxy, writer) {
  const caughtUp = async () => {
    const id = await writer.next();
    const waits = [...helped, ...unhelped].map((follower) => follower.got(id, patience));
    await Promise.all([...waits, begun.more(patience)]);
  };
  await caughtUp();
  for (const step of [
    () => proxy.cut(),
    () => server.restart("SIGTERM"),
    () => proxy.cut(),
    () => server.restart("SIGKILL"),
    () => proxy.cut(),
  ]) {
    await step();
    await caughtUp();
  }
}

// write stores ten briefings per second. While the server is away, an attempt fails.
function write(url, requestId) {
  let stopped = false;
  let written = () => {};
  const done = (async () => {
    let n = 0;
    for await (const _ of every(100)) {
      if (stopped) return;
      const id = await add(url, requestId, `briefing ${++n} 손님 2명`).catch((err) => {
        if (err.errors) throw err;
      });
      if (id) written(id);
    }
  })();
  return {
    // next returns the id of the next briefing that is stored.
    next: () => Promise.race([new Promise((resolve) => (written = resolve)), done.then(() => assert.fail("the writer has ended"))]),
    stop() {
      stopped = true;
      return done;
    },
  };
}

// report compares the received briefings with the stored ones.
async function report(t, { requestId, helped, unhelped, begun }, url) {
  const all = ids(await stored(url, requestId));
  for (const { name, failure, received } of helped) {
    await t.test(`${name}: everything once, in order, and the end`, () => {
      assert.ifError(failure);
      same(received, all);
    });
  }
  for (const { name, failure, received } of unhelped) {
    await t.test(`${name} without the helper: doubles, no gaps, and the end`, () => {
      assert.ifError(failure);
      assert.ok(received.length > all.length, `${received.length} of ${all.length} came: nothing came twice`);
      for (const run of runs(received, all[0])) same(run, all.slice(0, run.length));
      assert.equal(received.at(-1), all.at(-1));
    });
  }
  await t.test(`${begun.name}: one request, everything once, in order, and the end`, async () => {
    assert.ifError(begun.failure);
    const query = "query ($username: String!) { requests(username: $username) { edges { node { id } } } }";
    const { edges } = (await call(url, query, { username: starter })).requests;
    assert.equal(edges.length, 1, "a repeated start began another request");
    same(begun.received, ids(await stored(url, edges[0].node.id)));
  });
}

const ids = (briefings) => briefings.map((briefing) => briefing.id);

// same compares two lists of ids and describes the difference in short.
function same(got, want) {
  const lost = want.filter((id) => !got.includes(id)).length;
  const doubled = got.length - new Set(got).size;
  const at = want.findIndex((id, i) => got[i] !== id);
  assert.ok(at < 0 && got.length === want.length, `${got.length} of ${want.length} came, ${lost} lost, ${doubled} doubled, other than stored from place ${at}`);
}

// runs cuts a list at each place where it starts again.
function runs(list, first) {
  const cuts = list.flatMap((id, i) => (id === first ? [i] : []));
  return [0, ...cuts.filter((i) => i > 0), list.length].slice(0, -1).map((from, i, all) => list.slice(from, all[i + 1]));
}
