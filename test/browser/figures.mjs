// Prints the figures of the console: what its first screen needs, how soon a slow phone shows the
// last briefing, and how a timeline of 10,000 opens and scrolls. Usage: node figures.mjs
// PATH-TO-THE-PROGRAM PATH-TO-CHROMIUM
import { chromium } from "playwright-core";
import { startServer } from "../server.mjs";
import { add, phone, start } from "./owner.mjs";

const [program, executablePath] = process.argv.slice(2);
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const slow = { cpu: 4, offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 }; // 1.6 Mbit/s
const rows = 10_000;

const server = await startServer(program);
const browser = await chromium.launch({ executablePath, args });

// open returns a page of a phone that has been here before, but has nothing in its cache.
async function open(user) {
  const context = await browser.newContext({ ...phone, serviceWorkers: "block" });
  await context.addInitScript((name) => localStorage.setItem("bis.user", name), user);
  const page = await context.newPage();
  return { page, session: await context.newCDPSession(page) };
}

const line = (what, got, wanted) => { console.log(`${what.padEnd(58)} ${got.padStart(12)}   wanted ${wanted}`); };
const briefing = (page) => page.getByRole("region", { name: "브리핑", exact: true });

async function firstScreen() {
  const { page, session } = await open("작은 매장");
  let requests = 0;
  let bytes = 0;
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", () => { requests++; });
  session.on("Network.webSocketCreated", () => { requests++; });
  session.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(server.url);
  await briefing(page).waitFor();
  await page.waitForLoadState("networkidle");
  line("first screen: requests, with the socket", String(requests), "at most 12");
  line("first screen: bytes received", `${(bytes / 1024).toFixed(0)} KiB`, "at most 130 KiB");
  await page.context().close();
}

async function slowPhone() {
  const times = [];
  for (let n = 0; n < 5; n++) {
    const { page, session } = await open("작은 매장");
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", slow);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slow.cpu });
    const begun = performance.now();
    await page.goto(server.url, { waitUntil: "commit" });
    await briefing(page).waitFor();
    times.push(performance.now() - begun);
    await page.context().close();
  }
  times.sort((a, b) => a - b);
  line(`slow phone: last briefing shown, median of ${times.length}`, `${(times[2] / 1000).toFixed(2)} s`, "at most 2.5 s");
  line("slow phone: the slowest", `${(times[4] / 1000).toFixed(2)} s`, "");
}

async function timeline() {
  const request = await start(server.url, "긴 기록", 3_000);
  for (let n = 0; n < rows; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => add(server.url, request, `매장에 손님 ${(n + i) % 9}분이 계십니다.`, (n + i) % 9)));
  }
  await server.restart("SIGTERM", { limits: "on" }); // owners have them
  const { page } = await open("긴 기록");
  await page.addInitScript(() => {
    globalThis.long = [];
    new PerformanceObserver((list) => { for (const task of list.getEntries()) globalThis.long.push(task.duration); }).observe({ type: "longtask", buffered: true });
  });
  const begun = performance.now();
  await page.goto(`${server.url}/r/${request}`, { waitUntil: "commit" });
  await page.getByText(/^매장에 손님/).first().waitFor();
  line(`timeline of ${rows}: first rows shown`, `${((performance.now() - begun) / 1000).toFixed(2)} s`, "at most 1 s");
  await page.getByText(new RegExp(`^기록 ${rows}개`)).waitFor({ timeout: 60_000 });
  await page.waitForLoadState("networkidle");
  line(`timeline of ${rows}: all rows there`, `${((performance.now() - begun) / 1000).toFixed(2)} s`, "");
  await page.evaluate(() => { globalThis.long.length = 0; });
  for (let n = 0; n < 60; n++) {
    await page.mouse.wheel(0, 2_000);
    await page.waitForTimeout(50);
  }
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.waitForTimeout(500);
  const long = await page.evaluate(() => globalThis.long);
  line(`timeline of ${rows}: tasks over 50 ms while it scrolls`, String(long.length), "0");
  if (long.length > 0) line("the longest of them", `${Math.max(...long).toFixed(0)} ms`, "");
  await page.context().close();
}

try {
  const request = await start(server.url, "작은 매장", 600);
  for (const people of [0, 2, 1, 0]) await add(server.url, request, `매장에 손님 ${people}분이 계십니다.`, people);
  await firstScreen();
  await slowPhone();
  await timeline();
} finally {
  await browser.close();
  await server.stop();
}
