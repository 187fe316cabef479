// Opens the server's pages in headless Chromium: the console as owners do on a phone, and GraphiQL
// and Playground as developers do. Each page must load without an error and without a request to
// another host, run a query and stream a subscription. It must continue the subscription after its
// connection was cut and the server was restarted. Pages of strangers must read and change nothing.
// Usage: node check.mjs PATH-TO-THE-PROGRAM PATH-TO-CHROMIUM [PART-OF-A-NAME];
// BIS_SCREENSHOTS=FOLDER saves pictures of all pages.
import { mkdirSync, rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { explorers } from "./explorers.mjs";
import { startModels } from "../model.mjs";
import { startProxy } from "../proxy.mjs";
import { startServer } from "../server.mjs";
import { survives } from "./breaks.mjs";
import { broken, stories } from "./console.mjs";
import { frozen } from "./live.mjs";
import { open, phone, rest, until } from "./owner.mjs";
import { deviceOf, furnish, furnishWords, looks, visit } from "./pages.mjs";
import { flags, strangers } from "./strangers.mjs";
import { wordStories } from "./words.mjs";

const [program, executablePath, only = ""] = process.argv.slice(2);
const pictures = process.env.BIS_SCREENSHOTS;
if (pictures) {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
}

const server = await startServer(program);
const proxy = await startProxy(Number(new URL(server.url).port));
// Owners meet the default limits. Stories run in two lanes, each with a shop of its own. The story of
// a frozen network takes more than a minute, so it has a server of its own, too.
const [looked, ...shops] = await Promise.all([1, 2, 3].map(() => startServer(program, { limits: "on" })));
// The stories of models, and the looks of their pages, have a server with two models.
const models = await startModels();
const worded = { ...await startServer(program, { limits: "on", env: models.env }), models };
const lift = await startServer(program, { limits: "on" });
lift.proxy = await startProxy(Number(new URL(lift.url).port));
const servers = [server, looked, ...shops, worded, lift];
const hosts = [...servers, proxy, lift.proxy].map((one) => one.host);
// Chromium's sandbox does not work for root.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
// A drawn device is in the place of a camera.
const device = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const browser = await chromium.launch({ executablePath, args: [...args, ...flags, ...device] });
let failed = 0;
let passed = 0;

// check runs one test on a page of its own and reports it. Errors that the test provokes are
// allowed. `broken` names their kind, such as those of cut connections or of a page without a
// network. With "everything" all errors are allowed.
async function check(name, story, broken = "nothing", device = { viewport: { width: 1280, height: 800 } }) {
  if (!name.includes(only)) return;
  const context = await browser.newContext(device);
  context.setDefaultTimeout(60_000); // what must happen happens at some time, also on a slow machine
  const complaints = [];
  context.on("page", (page) => { listen(page, complaints); });
  const page = await context.newPage();
  try {
    await story(page);
    // The browser reports a missing style or font a moment after the page has loaded.
    await page.waitForLoadState("networkidle", { timeout: 30_000 }).catch(() => {});
    const expected = {
      nothing: /^$/, cuts: /net::ERR_(CONNECTION|EMPTY|SOCKET)_/, offline: /net::ERR_(INTERNET_DISCONNECTED|FAILED)/, everything: /^/,
      refusals: /^(console: Failed to load resource|429: |500: )/, sockets: /WebSocket/, device: /net::ERR_(INTERNET_DISCONNECTED|FAILED|NETWORK)|401/, gateway: /net::ERR_(CONNECTION|EMPTY|SOCKET)_|502/,
    }[broken];
    const surprising = complaints.filter((complaint) => !expected.test(complaint) && !gone.test(complaint));
    if (surprising.length > 0) throw new Error(surprising.join("\n"));
    passed++;
    console.log(`ok   ${name}`);
  } catch (err) {
    failed++;
    console.log(`FAIL ${name}\n${err.stack ?? err}\n${complaints.join("\n")}`);
  }
  if (pictures && !name.startsWith("pages")) await page.screenshot({ path: `${pictures}/${name.replaceAll(/[^\w가-힣]+/g, "-")}.png` }).catch(() => {});
  await context.close();
}

// gone is the 404 of a picture. Only the last two are there, so a page on a slow network may come
// too late.
const gone = /404.*\/frames\/\w+\.jpg/;

// listen collects the errors of a page, and every request to another host.
function listen(page, complaints) {
  page.on("console", (m) => {
    if (m.type() === "error") complaints.push(`console: ${m.text()} (${m.location().url})`);
  });
  page.on("pageerror", (err) => complaints.push(`exception: ${err.message}`));
  page.on("requestfailed", (r) => {
    const why = r.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`failed: ${r.url()}: ${why}`);
  });
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (url.protocol.startsWith("http") && !hosts.includes(url.host)) complaints.push(`foreign request: ${url}`);
  });
  page.on("response", (r) => {
    if (r.status() >= 400) complaints.push(`${r.status()}: ${r.url()}`);
  });
  page.on("websocket", (ws) => {
    if (!hosts.includes(new URL(ws.url()).host)) complaints.push(`foreign socket: ${ws.url()}`);
  });
}

// pages opens each page in each look, two looks at once.
async function pages() {
  const furnished = await furnish(looked.url);
  const speaking = await furnishWords(worded.url);
  const save = (page) => pictures && ((name) => page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true }));
  for (let n = 0; n < looks.length; n += 2) {
    await Promise.all(looks.slice(n, n + 2).map((look) =>
      check(`pages ${look.name}`, async (page) => {
        await visit(page, looked.url, furnished, look, save(page));
        await visit(page, worded.url, speaking, look, save(page));
      }, "nothing", deviceOf(look))));
  }
}

// strange runs the explorers and the pages of strangers, and the links between the server's pages.
async function strange() {
  await check("settings", async (page) => {
    await open(page, `${server.url}/settings`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    for (const path of ["/graphiql", "/playground"]) {
      await until(`a link to ${path}`, async () => await page.locator(`a[href="${path}"]`).count() === 1);
    }
    const icon = await page.request.get(`${server.url}/favicon.ico`);
    if (!icon.ok() || !icon.headers()["content-type"].startsWith("image/")) throw new Error(`no favicon: ${icon.status()}`);
  });
  for (const explorer of explorers) {
    for (const [what, story] of Object.entries(explorer.stories)) {
      await check(`${explorer.name} ${what}`, (page) => story(page, server.url));
    }
    await check(`${explorer.name} goes on after cuts and restarts`, (page) => survives(page, explorer, server, proxy), "cuts");
  }
  for (const [what, story] of Object.entries(strangers)) {
    await check(what, (page) => story(page, server.url), "everything");
  }
}

// wordy runs the stories of styles and models.
async function wordy() {
  for (const [what, story] of Object.entries(wordStories)) {
    await check(`console: ${what}`, (page) => story(page, worded), "nothing", phone);
    await rest(worded.url);
  }
}

const waiting = Object.entries(stories); // the stories that no lane has begun

// lane runs stories, one after the other, on one shop.
async function lane(shop) {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [what, story] = next;
    await check(`console: ${what}`, (page) => story(page, shop), broken[what], phone);
    await rest(shop.url);
  }
}

try {
  await Promise.all([
    check("console: a network frozen for a minute loses and doubles nothing", (page) => frozen(page, lift), "cuts", phone),
    pages().then(wordy),
    lane(shops[0]).then(strange),
    lane(shops[1]),
  ]);
} finally {
  await browser.close();
  proxy.stop();
  lift.proxy.stop();
  await Promise.all(servers.map((one) => one.stop()));
  await models.stop();
}
console.log(`browser: ${passed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
