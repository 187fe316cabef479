// GraphQL over HTTP: the audit of graphql-http, and tests of the parts that it does not cover.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { auditServer } from "graphql-http";
import { startServer } from "../server.mjs";
import { call, later, start } from "./api.mjs";

let server, url;
before(async () => {
  server = await startServer(process.env.BIS_PROGRAM);
  url = `${server.url}/graphql`;
});
after(() => server.stop());

test("the graphql-http audit", async (t) => {
  const results = await auditServer({ url });
  const bad = results.filter((result) => result.status !== "ok");
  t.diagnostic(`graphql-http audit: ${results.length - bad.length} of ${results.length} ok`);
  assert.equal(results.length, 61);
  assert.deepEqual(bad.map(({ id, name, status, reason }) => `${status} ${id} ${name}: ${reason}`), []);
});

// get runs a query by GET.
const get = (params, headers = {}) => fetch(`${url}?${new URLSearchParams(params)}`, { headers });
const post = (body) =>
  fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

test("automatic persisted queries: unknown, registered, known, by POST and GET", async () => {
  const query = `{ user(username: "${Math.random()}") { id } }`;
  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };

  const unknown = await (await post({ extensions })).json();
  assert.equal(unknown.errors[0].message, "PersistedQueryNotFound");
  assert.equal(unknown.errors[0].extensions.code, "PERSISTED_QUERY_NOT_FOUND");
  const other = { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } };
  assert.ok((await (await post({ query, extensions: other })).json()).errors, "a hash of something else was taken");
  assert.deepEqual(await (await post({ query, extensions })).json(), { data: { user: null } });
  assert.deepEqual(await (await post({ extensions })).json(), { data: { user: null } });
  assert.deepEqual(await (await get({ extensions: JSON.stringify(extensions) })).json(), { data: { user: null } });
});

test("a mutation by GET is refused with 405 and does nothing", async () => {
  const response = await get({ query: 'mutation { login(username: "by get") { outcome } }' });
  assert.equal(response.status, 405);
  assert.deepEqual(await call(server.url, '{ user(username: "by get") { id } }'), { user: null });
});

test("a subscription by GET wants Accept: text/event-stream", async () => {
  const requestId = await start(server.url, "by get");
  const response = await get({ query: `subscription { briefings(requestId: "${requestId}") { id } }` }, { Accept: "application/json" });
  assert.ok(response.status >= 400, `status ${response.status}`);
  assert.ok((await response.json()).errors);
});

test("startBriefing by GET is refused, also as a stream", async () => {
  const input = `{username: "started by get", interval: 60, endTime: "${later()}"}`;
  const response = await get({ query: `subscription { startBriefing(input: ${input}) { id } }` }, { Accept: "text/event-stream" });
  assert.match(await response.text(), /"errors"/);
  assert.deepEqual(await call(server.url, '{ user(username: "started by get") { id } }'), { user: null });
});

test("a plain form cannot do anything", async () => {
  const body = new URLSearchParams({ query: 'mutation { login(username: "form") { outcome } }' });
  const response = await fetch(url, { method: "POST", body });
  assert.ok(response.status >= 400, `status ${response.status}`);
  assert.deepEqual(await call(server.url, '{ user(username: "form") { id } }'), { user: null });
});
