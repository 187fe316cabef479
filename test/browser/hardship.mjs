// Stories of phones, networks and servers that are not well, and of data that is hostile. The owner
// must see the last state or one sentence, and each form must work again.
import { createServer } from "node:http";
import { add, api, begin, closed, dayOf, going, joins, open, opened, pastMinute, press, start, type, until } from "./owner.mjs";

const briefing = (page) => page.getByRole("region", { name: "브리핑", exact: true });
const asUser = (page, user) => page.addInitScript((name) => { localStorage.setItem("bis.user", name); }, user);
const nameOf = (request) => /(?:query|mutation) (\w+)/.exec(JSON.parse(request.postData() ?? "{}").query ?? "")?.[1];

// noStorage visits a device without room, whose storage refuses to write, or one that forbids it.
export async function noStorage(page, { url }) {
  for (const forbidden of [false, true]) {
    const other = await page.context().newPage();
    await other.addInitScript((all) => {
      const refuse = () => { throw new DOMException("no", "QuotaExceededError"); };
      if (all) Object.defineProperty(window, "localStorage", { get: refuse });
      else Storage.prototype.setItem = refuse;
    }, forbidden);
    await open(other, url);
    const user = forbidden ? "금지된 저장" : "가득 찬 저장";
    joins(url, user);
    await type(other, other.getByLabel("매장이나 내 이름"), user);
    await other.keyboard.press("Enter");
    await briefing(other).waitFor();
    await other.getByText("실시간").waitFor();
    await other.close();
  }
}

// back uses the phone's back button in each dialog.
export async function back(page, { url }) {
  await begin(page, url, "뒤로", "/settings", 600);
  await press(page, page.getByRole("link", { name: "지금" }));
  for (const [button, role] of [["연장", "dialog"], ["끝내기", "alertdialog"]]) {
    await press(page, page.getByRole("button", { name: button }));
    await opened(page, role);
    await page.goBack();
    await page.getByRole(role).waitFor({ state: "detached" });
    if (new URL(page.url()).pathname !== "/") throw new Error(`back from a dialog leads to ${page.url()}`);
    await press(page, page.getByRole("button", { name: button }));
    await opened(page, role);
    await page.keyboard.press("Escape");
    await closed(page);
  }
  await until("no dialog has left an entry", () => page.evaluate(() => history.state === null));
  await page.goBack();
  await page.getByRole("heading", { name: "설정" }).waitFor();
}

const answers = {
  500: { status: 500, contentType: "text/html", body: "<html>boom</html>" },
  429: { status: 429, contentType: "application/json", body: '{"errors":[{"message":"x","extensions":{"code":"RATE_LIMITED","retryAfter":1}}]}' },
  away: { status: 200, contentType: "application/json", body: '{"data":null,"errors":[{"message":"x","extensions":{"code":"UNAVAILABLE"}}]}' },
};

// refused answers each mutation three times with trouble. Every time the owner sees a sentence,
// what was entered stays, and the same press succeeds once the server is well.
export async function refused(page, { url }) {
  const request = await start(url, "거절", 3_000);
  const { day, at } = pastMinute();
  const id = await add(url, request, "손님 한 분이 계십니다.", 1, at(0));
  await api(url, 'mutation ($at: Time!) { markSeen(username: "거절", at: $at) { id } }', { at: "2026-01-01T00:00:00Z" });
  await asUser(page, "거절");
  let refusing = "";
  let answer = "";
  await page.route("**/graphql", (route) => (nameOf(route.request()) === refusing ? route.fulfill(answers[answer]) : route.continue()));
  const words = /서버에 문제가 생겼어요|너무 여러 번 눌렀어요|저장소가 잠시 쉬고/;
  const trouble = () => page.getByText(words).last();
  const tell = async (mutation, prepare, go, done, isKept) => {
    for (answer of Object.keys(answers)) {
      refusing = mutation;
      if (await page.locator("[role=dialog], [role=alertdialog]").count() > 0) await page.keyboard.press("Escape");
      await prepare();
      await go();
      await trouble().waitFor().catch(() => { throw new Error(`${mutation} with ${answer} says nothing`); });
      if (isKept && !await isKept()) throw new Error(`${mutation} with ${answer} loses what was entered`);
    }
    refusing = "";
    await go();
    await done().catch((err) => { throw new Error(`${mutation} does not work again: ${err.message}`); });
  };
  const button = (name) => page.getByRole("button", { name, exact: true });
  const dialog = (role) => page.getByRole(role);

  await tell("ReportBriefing", async () => {
    await open(page, `${url}/r/${request}/${id}`);
    await press(page, button("틀렸어요"));
    await type(page, page.getByLabel("무엇이 달랐나요? (선택)"), "두 분이었어요");
  }, () => press(page, button("틀렸어요")), () => page.getByText("틀렸다고 표시했어요").waitFor(),
  async () => await page.getByLabel("무엇이 달랐나요? (선택)").inputValue() === "두 분이었어요");

  await tell("MarkSeen", () => open(page, `${url}/timeline?date=${day}`), () => press(page, button("모두 확인")), () => page.getByText("모두 확인했어요").waitFor());

  await tell("SaveStyle", async () => {
    await open(page, `${url}/style`);
    await press(page, page.getByRole("button", { name: "+ 줄 추가" }));
    await type(page, page.locator(".stylelines input").last(), "사장님이라고 불러 줘");
  }, () => press(page, button("저장")), () => page.getByText("저장했어요").waitFor(),
  async () => await page.locator(".stylelines input").last().inputValue() === "사장님이라고 불러 줘");

  await tell("PreviewStyle", () => open(page, `${url}/style`), () => press(page, button("미리 보기")), () => page.getByRole("heading", { name: "새 말투" }).waitFor());

  await tell("RunNow", () => open(page, url), () => press(page, button("지금 한 번")), async () => {
    await until("one briefing more", async () => (await api(url, "query ($id: ID!) { briefings(requestId: $id, first: 9) { edges { cursor } } }", { id: request })).briefings.edges.length === 2);
  });

  await tell("Extend", async () => { await open(page, url); await press(page, button("연장")); }, () => press(page, dialog("dialog").getByRole("button", { name: "1시간 더" })), () => closed(page));

  await tell("Start", async () => {
    await open(page, `${url}/start`);
    await press(page, page.getByRole("radio", { name: "15분" }), "Space");
  }, () => press(page, button("시작")), () => going(page, "15분"), () => page.getByRole("radio", { name: "15분" }).isChecked());

  await tell("End", async () => { await open(page, url); await press(page, button("끝내기")); }, () => press(page, dialog("alertdialog").getByRole("button", { name: "끝내기" })), () => page.getByText("브리핑이 끝났어요").waitFor());

  await tell("Start", () => open(page, url), () => press(page, page.getByRole("button", { name: /어제처럼 시작/ })), () => going(page, "15분"));

  await tell("DeleteUserData", async () => {
    await open(page, `${url}/settings`);
    await press(page, button("모두 지우기"));
    await type(page, dialog("alertdialog").getByLabel("확인을 위해 이름을 적어 주세요"), "거절");
  }, () => press(page, dialog("alertdialog").getByRole("button", { name: "영원히 지우기" })), () => page.getByLabel("매장이나 내 이름").waitFor());
}

// doubled presses each button that starts something twice at once, on a slow network.
export async function doubled(page, { url }) {
  joins(url, "두 번");
  let sent = {};
  await page.route("**/graphql", async (route) => {
    const name = nameOf(route.request());
    sent[name] = (sent[name] ?? 0) + 1;
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue().catch(() => {}); // the page may have gone on
  });
  const twice = async (name, button) => {
    await button.waitFor();
    sent = {};
    await button.dblclick();
    await until(`${name} is sent`, () => sent[name]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    if (sent[name] !== 1) throw new Error(`two presses sent ${name} ${sent[name]} times`);
  };
  await open(page, url);
  await page.getByLabel("매장이나 내 이름").fill("두 번");
  await twice("Login", page.getByRole("button", { name: "데모 매장 보기" }));
  await briefing(page).waitFor();
  await twice("RunNow", page.getByRole("button", { name: "지금 한 번" }));
  await open(page, `${url}/start`);
  await twice("Start", page.getByRole("button", { name: "시작", exact: true }));
  const made = async () => (await api(url, 'query { requests(username: "두 번", first: 9) { edges { node { id } } } }')).requests.edges.length;
  await until("the start of the form is stored", async () => await made() >= 2);
  if (await made() !== 2) throw new Error(`two starts made ${await made()} requests`);
  await page.unroute("**/graphql");
}

// tabs starts in one tab and ends in the other, and deletes the data in one.
export async function tabs(page, { url }) {
  await begin(page, url, "두 화면", "/", 600);
  await page.getByText("실시간").waitFor();
  const other = await page.context().newPage();
  await open(other, url);
  await other.getByText("실시간").waitFor();
  await press(other, other.getByRole("button", { name: "끝내기" }));
  await press(other, other.getByRole("alertdialog").getByRole("button", { name: "끝내기" }));
  await page.getByText("브리핑이 끝났어요").waitFor();
  await other.getByText("브리핑이 끝났어요").waitFor();
  await press(page, page.getByRole("button", { name: /어제처럼 시작/ }));
  await going(other, "10분");
  await open(other, `${url}/settings`);
  await press(other, other.getByRole("button", { name: "모두 지우기" }));
  await type(other, other.getByRole("alertdialog").getByLabel("확인을 위해 이름을 적어 주세요"), "두 화면");
  await press(other, other.getByRole("alertdialog").getByRole("button", { name: "영원히 지우기" }));
  await page.getByLabel("매장이나 내 이름").waitFor();
  await until("no tab has stored it again", () => page.evaluate(() => !JSON.stringify({ ...localStorage }).includes("두 화면")));
}

// lost restarts the server with another folder of data while a page is open. No id is known any more.
export async function lost(page, server) {
  await begin(page, server.url, "다른 폴더");
  await briefing(page).waitFor();
  await server.restart("SIGTERM", { empty: true });
  await page.getByText("아직 브리핑이 없어요").waitFor();
  await until("the last state is forgotten", () => page.evaluate(() => localStorage.getItem("bis.last") === null));
  await press(page, page.getByRole("link", { name: "브리핑 시작" }));
  await press(page, page.getByRole("button", { name: "시작", exact: true }));
  await page.getByText("첫 브리핑을 준비하고 있어요").waitFor();
}

// gateway puts a server that answers 502 in the place of the real one, as a proxy does meanwhile.
export async function gateway(page, server) {
  await begin(page, server.url, "중간 서버");
  await briefing(page).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await briefing(page).waitFor();
  await server.end("SIGTERM");
  const bad = createServer((_, res) => { res.writeHead(502, { "Content-Type": "text/html" }).end("<h1>502 Bad Gateway</h1>"); });
  await new Promise((resolve) => bad.listen(Number(new URL(server.url).port), "127.0.0.1", resolve));
  try {
    await page.reload();
    await page.getByText("마지막 상태", { exact: false }).waitFor();
    await briefing(page).waitFor();
  } finally {
    bad.closeAllConnections();
    await new Promise((resolve) => { bad.close(resolve); });
    await server.restart("SIGTERM");
  }
  await page.getByText("실시간").waitFor();
}

// fullShell has no room for the offline shell. The pages come from the server all the same.
export async function fullShell(page, { url }) {
  await begin(page, url, "꽉 찬 휴대폰");
  await briefing(page).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: url, quotaSize: 1 });
  await page.reload();
  await briefing(page).waitFor();
  await open(page, `${url}/timeline`);
  await page.getByText(/^기록 \d+개/).waitFor();
}

// noSocket refuses each socket, as some proxies do. The page goes on by asking.
export async function noSocket(page, { url }) {
  await page.routeWebSocket("**/graphql", (socket) => { socket.close({ code: 1013 }); });
  const request = await begin(page, url, "소켓 없음", "/", 600);
  await add(url, request, "처음 문장입니다.", 1);
  await page.getByText("다시 연결 중").waitFor();
  await add(url, request, "나중 문장입니다.", 2);
  await briefing(page).getByText("나중 문장입니다.").waitFor();
}

// newest opens a day, of which the first page that arrives has the newest briefing.
export async function newest(page, { url }) {
  const request = await start(url, "긴 하루", 600);
  const date = dayOf(Date.now() - 86_400_000);
  const caption = (n) => `${n}번째입니다.`;
  for (let n = 0; n < 320; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) =>
      add(url, request, caption(n + i), (n + i) % 5, new Date(Date.parse(`${date}T09:00:00+09:00`) + (n + i) * 30_000).toISOString())));
  }
  await start(url, "긴 하루", 600); // the first screen has none of them
  await asUser(page, "긴 하루");
  let pages = 0;
  await page.route("**/graphql", async (route) => {
    if (nameOf(route.request()) === "DayBriefings" && ++pages > 1) await new Promise((resolve) => setTimeout(resolve, 2_000));
    await route.continue().catch(() => {}); // the story may be over
  });
  await open(page, `${url}/timeline?date=${date}`);
  await page.locator(".list .line").first().waitFor();
  const first = await page.locator(".list .line .words").first().innerText();
  if (first !== caption(319)) throw new Error(`the day opens with ${first}`);
  await page.getByText(/^기록 320개$/).waitFor();
  await page.locator(".list .line").first().getByText(caption(319)).waitFor();
}

// paper prints a dark page. Its words and its chart are dark on light.
export async function paper(page, { url }) {
  const request = await start(url, "종이", 600);
  for (const people of [0, 2, 1]) await add(url, request, `손님 ${people}분이 계십니다.`, people);
  await asUser(page, "종이");
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, `${url}/summary`);
  const chart = page.getByRole("img", { name: "시간대별 손님" });
  await chart.waitFor();
  await page.emulateMedia({ colorScheme: "dark", media: "print" });
  const light = (color) => { const [r, g, b] = color.match(/\d+/g).map(Number); return (r + g + b) / 3; };
  await until("the words are dark on light", async () => {
    const { card, ink } = await page.locator(".said").evaluate((el) => ({ card: getComputedStyle(el.parentElement).backgroundColor, ink: getComputedStyle(el).color }));
    return light(card) >= 200 && light(ink) <= 90;
  });
  await until("the chart's dots are dark", () => chart.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let pale = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200 && data[i] > 230) pale++;
    return pale < 20;
  }));
}

// hostile reads sentences of markup, placeholders, emoji and 2,000 letters in a row.
export async function hostile(page, { url }) {
  const request = await start(url, "<b>적대</b> {{name}} $t(app.name)", 600);
  const captions = ["<img src=x onerror=alert(1)><b>굵게</b>", "{{time}} $t(app.name) {{count}}", "👨‍👩‍👧‍👦".repeat(60), "가".repeat(2_000), "A".repeat(2_000)];
  const { day, at } = pastMinute();
  let last = "";
  for (const [n, caption] of captions.entries()) last = await add(url, request, caption, n === 4 ? 1_000_000 : n, at(n));
  await asUser(page, "<b>적대</b> {{name}} $t(app.name)");
  for (const path of ["/", `/timeline?date=${day}`, "/summary", `/r/${request}/${last}`, "/settings", "/requests"]) {
    await open(page, url + path);
    await page.locator("main .card, main .line").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) throw new Error(`${path} is ${wide} px too wide`);
  }
  await open(page, url);
  await briefing(page).waitFor();
  const tall = await page.evaluate(() => document.documentElement.scrollHeight / innerHeight);
  if (tall > 3) throw new Error(`a long sentence makes the first page ${tall.toFixed(1)} screens tall`);
  await open(page, `${url}/r/${request}/${last}`);
  await until("the briefing's own page shows the whole sentence", () =>
    briefing(page).locator(".say").evaluate((el) => el.scrollHeight <= el.clientHeight + 1 && el.textContent.length === 2_000));
}
