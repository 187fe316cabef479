// Stories of briefings that arrive, by the keyboard alone.
import { add, api, begin, closed, going, joins, open, press, reach, start, type, until, watching } from "./owner.mjs";

const briefing = (page) => page.getByRole("region", { name: "브리핑", exact: true });

export async function firstVisit(page, { url }) {
  joins(url, "행복 아이스크림");
  await open(page, url);
  await type(page, page.getByLabel("매장이나 내 이름"), "행복 아이스크림");
  const clicked = Date.now();
  await page.keyboard.press("Enter");
  await briefing(page).waitFor();
  const took = (Date.now() - clicked) / 1000;
  if (took > 20) throw new Error(`the first briefing took ${took} s`);
  await page.getByText("실시간").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`the page is ${wide} px too wide`);
  const shot = page.getByRole("img", { name: /에 찍은 매장 화면/ });
  await until("a picture is shown", () => shot.evaluate((img) => img.complete && img.naturalWidth > 0));
}

// settled ends the briefings of a user and waits until the page shows each of them once. A run that
// was under way may still be counted after the end.
async function settled(page, url, user, id) {
  await api(url, "mutation ($u: String!) { endBriefing(username: $u) { id } }", { u: user });
  const shown = async () => Number(/\d+/.exec(await page.getByText(/^기록 \d+개/).innerText())[0]);
  await until("each briefing is shown once", async () => await shown() === await done(url, id))
    .catch(async (err) => { throw new Error(`${err.message}: ${await shown()} are shown of ${await done(url, id)}`); });
}

const done = async (url, id) => (await api(url, "query ($id: ID!) { request(id: $id) { ticks { done } } }", { id })).request.ticks.done;

const shownAtLeast = (page, n) =>
  page.waitForFunction((least) => Number(/기록 (\d+)개/.exec(document.body.innerText)?.[1]) >= least, n);

export async function restart(page, server) {
  const id = await begin(page, server.url, "다시 시작", watching);
  await shownAtLeast(page, 3);
  await server.restart("SIGKILL");
  await shownAtLeast(page, 6);
  await settled(page, server.url, "다시 시작", id);
}

// frozen has a network that passes nothing for a minute, as in a lift, and until sixty briefings
// were made. No connection ends.
export async function frozen(page, { url, proxy }) {
  const near = `http://${proxy.host}`;
  const id = await begin(page, near, "멈춘 연결", watching);
  await shownAtLeast(page, 3);
  const now = await page.context().newPage();
  await now.addInitScript(() => localStorage.setItem("bis.user", "멈춘 연결"));
  await open(now, near);
  await now.getByText("실시간").waitFor();
  proxy.freeze();
  const minute = new Promise((resolve) => setTimeout(resolve, 60_000));
  await now.getByText("다시 연결 중").waitFor();
  await now.getByText(/기준$/).waitFor();
  await minute;
  await until("sixty briefings were made", async () => await done(url, id) >= 60);
  proxy.thaw();
  await now.getByText("실시간").waitFor();
  await settled(page, url, "멈춘 연결", id);
}

export async function runNow(page, { url }) {
  const id = await begin(page, url, "지금", "/", 600);
  await page.getByText("첫 브리핑을 준비하고 있어요").waitFor();
  await press(page, page.getByRole("button", { name: "지금 한 번" }));
  await briefing(page).waitFor();
  const { briefings } = await api(url, "query ($id: ID!) { briefings(requestId: $id, first: 5) { edges { node { caption } } } }", { id });
  if (briefings.edges.length !== 1) throw new Error(`one press made ${briefings.edges.length} briefings`);
}

export async function extendAndEnd(page, { url }) {
  const id = await begin(page, url, "연장", "/", 600);
  const ends = async () => (await api(url, "query ($id: ID!) { request(id: $id) { endsAt active } }", { id })).request;
  const before = await ends();
  await press(page, page.getByRole("button", { name: "연장" }));
  await press(page, page.getByRole("dialog").getByRole("button", { name: "1시간 더" }));
  await closed(page);
  const moved = Date.parse((await ends()).endsAt) - Date.parse(before.endsAt);
  if (moved !== 3_600_000) throw new Error(`the end moved by ${moved} ms`);
  await press(page, page.getByRole("button", { name: "끝내기" }));
  await press(page, page.getByRole("alertdialog").getByRole("button", { name: "끝내기" }));
  await page.getByText("브리핑이 끝났어요").waitFor();
  if ((await ends()).active) throw new Error("the request is still active");
}

export async function endAndStart(page, { url }) {
  await begin(page, url, "끝");
  await press(page, page.getByRole("button", { name: "끝내기" }));
  await press(page, page.getByRole("alertdialog").getByRole("button", { name: "끝내기" }));
  await page.getByText("브리핑이 끝났어요").waitFor();
  await closed(page);
  await press(page, page.getByRole("link", { name: "다르게 시작" }));
  await press(page, page.getByRole("radio", { name: "30초" }), "Space");
  await press(page, page.getByRole("button", { name: "시작", exact: true }));
  await going(page, "30초");
}

// again starts the last request as it was, with one button.
export async function again(page, { url }) {
  await start(url, "어제처럼", 300);
  await api(url, "mutation { endBriefing(username: \"어제처럼\") { id } }");
  await page.addInitScript(() => localStorage.setItem("bis.user", "어제처럼"));
  await open(page, url);
  await press(page, page.getByRole("button", { name: /어제처럼 시작/ }));
  await going(page, "5분"); // the button that was pressed says so, too
}

export async function offline(page, server) {
  await begin(page, server.url, "오프라인");
  await briefing(page).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await briefing(page).waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("마지막 상태", { exact: false }).waitFor();
  await briefing(page).waitFor();
  await page.context().setOffline(false);
}

// hour sends as many briefings as an hour has with one every five seconds.
export async function hour(page, { url }) {
  let sockets = 0;
  page.on("websocket", () => { sockets++; });
  const id = await begin(page, url, "한 시간", "/", 3_000);
  await add(url, id, "손님이 없습니다.", 0);
  await briefing(page).waitFor();
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
  };
  const send = async (from, to) => {
    for (let n = from; n < to; n += 8) {
      await Promise.all(Array.from({ length: 8 }, (_, i) => add(url, id, `손님 ${(n + i) % 7}분이 계십니다.`, (n + i) % 7)));
    }
    await add(url, id, `${to}번째 브리핑입니다.`, 3);
    await briefing(page).getByText(`${to}번째 브리핑입니다.`).waitFor();
  };
  await send(0, 80); // the screen's forty, and the first use of each part of the page
  const before = await heap();
  await send(80, 800);
  const grown = await heap() - before;
  console.log(`     an hour of briefings: the page grew by ${grown.toFixed(2)} MiB and opened ${sockets} socket`);
  if (grown > 5) throw new Error(`the page grew by ${grown.toFixed(1)} MiB`);
  if (sockets !== 1) throw new Error(`the page opened ${sockets} sockets`);
  await reach(page, page.getByRole("button", { name: "끝내기" }));
}
