// Tests with pages of strangers that an owner might open. A foreign page has an origin of its own.
// A re-bound page has pointed its own name at this server after it was loaded, so that the browser
// treats both as one origin. Neither may read or change anything.

// stranger is a host name that resolves to this machine, as a re-bound name does; see flags.
const stranger = "evil.example";

// flags are Chromium's arguments that point the stranger's name at this machine and turn off the
// browser's own protection of local addresses. An owner's browser may lack that protection, so the
// server must not need it.
export const flags = [
  `--host-resolver-rules=MAP ${stranger} 127.0.0.1`,
  "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights,PrivateNetworkAccessRespectPreflightResults,PrivateNetworkAccessForNavigations,PrivateNetworkAccessForWorkers",
];

// tomorrow is an end time that no start comes too late for, at any time of day.
const tomorrow = new Date(Date.now() + 25 * 3_600_000).toISOString();

// strangers are the tests by name. Each gets a page and the server's address.
export const strangers = {
  "a foreign page reads and changes nothing": (page, url) => attack(page, url, `http://${stranger}/page.html`, url),
  "a re-bound page reads and changes nothing": (page, url) => {
    const own = `http://${stranger}:${new URL(url).port}`;
    return attack(page, url, `${own}/page.html`, own);
  },
};

// attack opens a page at an address of the stranger, runs every attempt against the target in it,
// and checks the results.
async function attack(page, url, address, target) {
  const owner = `owner-${Math.random().toString(36).slice(2)}`;
  const request = await ask(url, `mutation { startBriefing(input: {username: "${owner}", interval: 60, endTime: "${tomorrow}"}) { id } }`);
  await ask(url, `mutation { updateCustom(username: "${owner}", custom: ["short"]) { id } }`);
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>stranger</title><body>" }));
  await page.goto(address);
  const read = await page.evaluate(tryAll, { target, owner, id: request.startBriefing.id, end: tomorrow });
  const secrets = read.filter(({ text }) => /__typename|"data"|user_id|Hello World|success|bis_|openapi|captions?|connection_ack/.test(text));
  if (secrets.length > 0) throw new Error(`the page read: ${JSON.stringify(secrets)}`);
  if (read.length < 20) throw new Error(`only ${read.length} attempts were made`);
  const after = await ask(url, `{ user(username: "${owner}") { custom activeRequest { id } } mallory: user(username: "mallory") { id } }`);
  const want = { user: { custom: ["short"], activeRequest: { id: request.startBriefing.id } }, mallory: null };
  if (JSON.stringify(after) !== JSON.stringify(want)) throw new Error(`the page changed something: ${JSON.stringify(after)}`);
}

// ask runs an operation as a caller that is not a browser.
async function ask(url, query) {
  const headers = { "Content-Type": "application/json" };
  const res = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
  const { data, errors } = await res.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

// tryAll runs in the page. It returns the text that each attempt has read, which is empty if the
// browser lets the page read nothing.
async function tryAll({ target, owner, id, end }) {
  const encode = encodeURIComponent;
  const mutation = `mutation { endBriefing(username: "${owner}") { id } login(username: "mallory") { outcome } }`;
  const form = (fields) => new URLSearchParams(fields);
  const calls = {
    "query": ["/graphql", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"query":"{ __typename }"}' }],
    "mutation": ["/graphql", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query: mutation }) }],
    "mutation as text": ["/graphql", { method: "POST", headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ query: mutation }) }],
    "mutation by GET": [`/graphql?query=${encode(mutation)}`, {}],
    "query by GET": ["/graphql?query=%7B__typename%7D", {}],
    "preflighted PUT": ["/graphql", { method: "PUT" }],
    "old login": ["/login", { method: "POST", body: form({ username: "mallory" }) }],
    "old end": ["/endBriefing", { method: "POST", body: form({ username: owner }) }],
    "old custom": ["/updateCustom", { method: "POST", body: form({ username: owner, custom_list: '["lie"]' }) }],
    "old briefings": ["/getBriefing", { method: "POST", body: form({ request_id: id }) }],
    "old requests": ["/getAllRequest", { method: "POST", body: form({ username: owner }) }],
    "old root": ["/", {}],
    "metrics": ["/metrics", {}],
    "document": ["/openapi.json", {}],
  };
  const read = [];
  for (const [name, [path, options]] of Object.entries(calls)) {
    for (const mode of ["cors", "no-cors"]) {
      const text = await fetch(target + path, { ...options, mode, credentials: "include" })
        .then((res) => (res.ok ? res.text() : `refused with ${res.status}`))
        .catch(() => "");
      read.push({ name: `${name}, ${mode}`, text });
    }
  }
  // A socket or a stream returns its first message, or that it was refused.
  const first = (name, open) =>
    new Promise((resolve) => {
      const source = open();
      const end = (text) => {
        source.close();
        resolve(read.push({ name, text }));
      };
      source.onopen = () => source.send?.('{"type":"connection_init"}');
      source.onmessage = (event) => end(`message: ${event.data}`);
      source.onerror = () => end("");
    });
  const socket = target.replace("http", "ws");
  const subscription = `subscription { briefings(requestId: "${id}") { caption } }`;
  await first("socket", () => new WebSocket(`${socket}/graphql`, "graphql-transport-ws"));
  await first("older socket", () => new WebSocket(`${socket}/graphql`, "graphql-ws"));
  await first("old reload", () => new WebSocket(`${socket}/reloadBriefing?username=${owner}`));
  await first("old start", () => new WebSocket(`${socket}/ws?username=mallory&interval=60&endtime=${end}`));
  await first("stream", () => new EventSource(`${target}/graphql?query=${encode(subscription)}`, { withCredentials: true }));
  // Forms, pictures and frames need no script's permission to be sent.
  const loaded = (name, element) =>
    new Promise((resolve) => {
      element.onload = element.onerror = () => {
        let text = "";
        try {
          text = element.contentDocument?.body?.innerText ?? "";
        } catch {
          // another origin
        }
        resolve(read.push({ name, text: text.includes("--hosts") || text.includes("--origins") ? "refused" : text }));
      };
      document.body.append(element);
    });
  const frame = (name) => Object.assign(document.createElement("iframe"), { name });
  for (const [name, path, fields] of [
    ["form to end", "/endBriefing", { username: owner }],
    ["form to log in", "/login", { username: "mallory" }],
  ]) {
    const answer = loaded(name, frame(name));
    await answer; // the empty frame
    const sent = Object.assign(document.createElement("form"), { method: "POST", action: target + path, target: name });
    for (const [key, value] of Object.entries(fields)) {
      sent.append(Object.assign(document.createElement("input"), { name: key, value }));
    }
    document.body.append(sent);
    const arrived = new Promise((resolve) => {
      document.querySelector(`iframe[name="${name}"]`).onload = resolve;
    });
    sent.submit();
    await arrived;
  }
  await loaded("picture", Object.assign(new Image(), { src: `${target}/graphql?query=${encode(mutation)}` }));
  await loaded("script", Object.assign(document.createElement("script"), { src: `${target}/graphql?query=%7B__typename%7D` }));
  await loaded("frame", Object.assign(frame("explorer"), { src: `${target}/graphiql` }));
  return read;
}
