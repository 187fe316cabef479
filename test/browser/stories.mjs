// Stories of the pages that read: the timeline, what leaves the console, and names of earlier
// visits. By the keyboard alone.
import { readFileSync } from "node:fs";
import { add, api, joins, open, pastMinute, press, reach, start, type, until } from "./owner.mjs";

// visit opens a page as a user who has briefings with so many people each, all in one minute.
async function visit(page, url, user, people, path) {
  const request = await start(url, user, 600);
  const { day, at } = pastMinute();
  const ids = [];
  for (const [i, n] of people.entries()) ids.push(await add(url, request, n ? `손님 ${n}분이 계십니다.` : "손님이 없습니다.", n, at(i)));
  await page.addInitScript((name) => localStorage.setItem("bis.user", name), user);
  await open(page, url + path({ request, ids, day }));
  return { request, ids };
}

const onTimeline = ({ day }) => `/timeline?date=${day}`;

const lines = (page) => page.locator(".list .line");

export async function timeline(page, { url }) {
  await visit(page, url, "접기", [0, 0, 0, 0, 2, 1], onTimeline);
  await page.getByText(/^기록 6개/).waitFor();
  await until("four lines", async () => await lines(page).count() === 4);
  const fold = page.getByRole("button", { name: /변화 없음 3회/ });
  await press(page, fold);
  await until("seven lines", async () => await lines(page).count() === 7);
  await press(page, fold);
  await until("four lines again", async () => await lines(page).count() === 4);
  await press(page, page.getByRole("button", { name: "변화만" }));
  await until("three changes", async () => await lines(page).count() === 3);
  await press(page, page.getByRole("button", { name: "전체" }));
  await type(page, page.getByRole("searchbox"), "2분");
  await until("one line with the text", async () => await lines(page).count() === 1);
  await page.getByText("손님 2분이 계십니다.").waitFor();
  await type(page, page.getByRole("searchbox"), "없는 말");
  await until("no line", async () => await lines(page).count() === 0);
  await press(page, page.getByRole("button", { name: "조건 지우기" }));
  await until("all lines", async () => await lines(page).count() === 4);
}

// jump presses a time of the strip twice. Each time the timeline scrolls there.
export async function jump(page, { url }) {
  const many = Array.from({ length: 60 }, (_, n) => n % 3);
  await visit(page, url, "건너뛰기", many, onTimeline);
  await page.getByText(/^기록 60개/).waitFor();
  const first = page.locator(".jumps.day button").first();
  for (let n = 0; n < 2; n++) {
    await press(page, first);
    await until("the page has scrolled", () => page.evaluate(() => scrollY > 1_000));
    await until("the page stays at its top", () => page.evaluate(() => {
      window.scrollTo(0, 0); // the list may still be on its way down
      return new Promise((resolve) => { setTimeout(() => { resolve(scrollY === 0); }, 200); });
    }));
  }
}

// neighbours follows the links to the briefings before and after. A page that changes may have the
// links of the briefing before for a moment, so each must lead to the right one first.
export async function neighbours(page, { url }) {
  const { ids } = await visit(page, url, "이웃", [1, 2, 3], ({ request, ids: [, second] }) => `/r/${request}/${second}`);
  const says = (n) => page.locator(".answer").getByText(`손님 ${n}분이 계십니다.`).waitFor();
  const step = (name, to) => press(page, page.getByRole("link", { name }).and(page.locator(`[href$="/${to}"]`)));
  await says(2);
  await step(/다음/, ids[2]);
  await says(3);
  await step(/이전/, ids[1]);
  await says(2);
  await step(/이전/, ids[0]);
  await says(1);
}

// outs are all ways out of the summary and of a briefing.
export async function outs(page, { url }) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript(() => {
    delete Navigator.prototype.share; // the browser of the test has no place to share to
    window.print = () => { globalThis.printed = true; };
  });
  const { request, ids } = await visit(page, url, "내보내기", [1, 2], ({ request: id }) => `/r/${id}/summary`);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const file = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, page.getByRole("button", { name }))]);
    return readFileSync(await download.path(), "utf8");
  };
  const bare = (text) => text.replaceAll(/\s/g, "");
  await press(page, page.getByRole("button", { name: "복사", exact: true }));
  await until("the summary is copied", async () => bare(await copied()) === bare(await page.locator(".said").innerText()));
  const all = JSON.parse(await file("JSON 받기"));
  if (all.briefings?.length !== 2) throw new Error(`the JSON has ${JSON.stringify(all).slice(0, 200)}`);
  const stored = (await api(url, "query ($id: ID!) { briefing(id: $id) { at } }", { id: ids[0] })).briefing.at;
  const csv = await file("CSV 받기");
  if (!csv.includes(stored.slice(0, 16).replace("T", " "))) throw new Error(`the CSV has no ${stored}: ${csv}`);
  await press(page, page.getByRole("button", { name: "인쇄" }));
  await until("the page is printed", () => page.evaluate(() => globalThis.printed));
  await open(page, `${url}/r/${request}/${ids[1]}`);
  await press(page, page.getByRole("button", { name: "공유" }));
  await until("the briefing is copied", async () => /손님 2분이 계십니다\.[\s\S]*\/r\//.test(await copied()));
  await open(page, `${url}/settings`);
  const mine = JSON.parse(await file(/내려받기/));
  if (mine.user?.username !== "내보내기" || mine.requests?.[0]?.briefings?.length !== 2) throw new Error(`my data has ${JSON.stringify(mine).slice(0, 300)}`);
}

// earlier leaves a name and comes back to it. The list of requests leads to an old one.
export async function earlier(page, { url }) {
  await start(url, "먼저 쓴 이름", 600);
  await open(page, url);
  await type(page, page.getByLabel("매장이나 내 이름"), "먼저 쓴 이름");
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("link", { name: "설정" }));
  await press(page, page.getByRole("button", { name: "다른 이름으로" }));
  await press(page, page.getByRole("button", { name: "먼저 쓴 이름" }));
  await press(page, page.getByRole("link", { name: "설정" }));
  await press(page, page.getByRole("link", { name: /지난 브리핑/ }));
  await press(page, page.locator("article").getByRole("link", { name: "기록", exact: true }).first());
  await page.waitForURL(/\/r\//);
  await page.getByText("이 날은 기록이 없어요").waitFor();
}

// composition types Hangul as a keyboard does. The Enter that ends the composition submits nothing,
// and the next Enter submits once.
export async function composition(page, { url }) {
  joins(url, "한글");
  let logins = 0;
  page.on("request", (r) => { if (r.postData()?.includes("mutation Login")) logins++; });
  await open(page, url);
  await reach(page, page.getByLabel("매장이나 내 이름"));
  const session = await page.context().newCDPSession(page);
  const key = (type) => session.send("Input.dispatchKeyEvent", { type, key: "Enter", code: "Enter", windowsVirtualKeyCode: 229, nativeVirtualKeyCode: 229 });
  await session.send("Input.imeSetComposition", { text: "한그", selectionStart: 2, selectionEnd: 2 });
  await key("rawKeyDown");
  await key("keyUp");
  await session.send("Input.imeSetComposition", { text: "한글", selectionStart: 2, selectionEnd: 2 });
  await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
  await session.send("Input.insertText", { text: "한글" });
  if (logins !== 0 || await page.evaluate(() => localStorage.getItem("bis.user"))) throw new Error("the composition signed in");
  await page.keyboard.press("Enter");
  await until("the name is in use", () => page.evaluate(() => localStorage.getItem("bis.user") === "한글"));
  if (logins !== 1) throw new Error(`one Enter signed in ${logins} times`);
}

// wake hides the page for longer than a socket can be trusted. A page that returns opens a new one,
// by which the next briefing comes.
export async function wake(page, { url }) {
  let sockets = 0;
  page.on("websocket", () => { sockets++; });
  await page.addInitScript(() => {
    let state = "visible";
    Object.defineProperty(document, "visibilityState", { get: () => state });
    globalThis.show = (next) => { state = next; document.dispatchEvent(new Event("visibilitychange")); };
  });
  const { request } = await visit(page, url, "잠든 휴대폰", [1], () => "/");
  await page.getByText("실시간").waitFor();
  const before = sockets;
  const now = await page.evaluate(() => { globalThis.show("hidden"); return Date.now(); });
  await page.evaluate((at) => { const real = Date.now; Date.now = () => Math.max(real(), at + 60_000); globalThis.show("visible"); Date.now = real; }, now);
  await until("another socket", () => sockets > before);
  await add(url, request, "깨어난 뒤의 문장입니다.", 2);
  await page.locator(".answer").getByText("깨어난 뒤의 문장입니다.").waitFor();
  await page.getByText("실시간").waitFor();
}
