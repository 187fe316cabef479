// Stories of owners in the console, at a phone's size. Each returns when the owner sees what the
// story promises, and throws otherwise. The page runs in Los Angeles, the shop is in Seoul.
import { readFileSync } from "node:fs";

export const phone = { viewport: { width: 360, height: 740 }, locale: "ko-KR", timezoneId: "America/Los_Angeles" };

/** The stories that cut connections, whose errors the browser reports. */
export const broken = {
  "a restart while watching loses and doubles nothing": "cuts",
  "the last state is there without the server": "everything",
};

/** The stories by what they show. */
export const stories = {
  "first visit shows a briefing within 20 s": firstVisit,
  "Enter during Korean composition does not submit": composition,
  "a restart while watching loses and doubles nothing": restart,
  "a briefing opens cold, without a name": cold,
  "times are the shop's": shopTimes,
  "a summary has a chart, and its CSV the shop's times": summary,
  "end, and start again in the form": endAndStart,
  "style lines are saved": style,
  "the last state is there without the server": offline,
};

// api calls the GraphQL API beside the page.
async function api(url, query, variables) {
  const res = await fetch(`${url}/graphql`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await res.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

// start starts briefings for an hour and returns the request's id.
async function start(url, username, interval) {
  const endTime = new Date(Date.now() + 3_600_000).toISOString();
  const input = { username, interval, endTime };
  return (await api(url, "mutation ($input: StartBriefingInput!) { startBriefing(input: $input) { id } }", { input })).startBriefing.id;
}

// begin starts briefings every second for a user of the story's own and opens a page as that user.
async function begin(page, url, user, path = "/") {
  const id = await start(url, user, 1);
  await page.addInitScript((name) => localStorage.setItem("bis.user", name), user);
  await page.goto(url + path);
  return id;
}

async function firstVisit(page, { url }) {
  await page.goto(url);
  await page.getByLabel("매장이나 내 이름").fill("행복 아이스크림");
  const clicked = Date.now();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "브리핑" }).waitFor({ timeout: 20_000 });
  const took = (Date.now() - clicked) / 1000;
  if (took > 20) throw new Error(`the first briefing took ${took} s`);
  await page.getByText("실시간").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) throw new Error(`the page is ${wide} px too wide`);
}

async function composition(page, { url }) {
  await page.goto(url);
  const name = page.getByLabel("매장이나 내 이름");
  await name.fill("한글");
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    const stopped = await name.evaluate((field, more) => !field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more })), init);
    if (!stopped) throw new Error(`an Enter with ${JSON.stringify(init)} would submit`);
  }
  if (await page.evaluate(() => localStorage.getItem("bis.user"))) throw new Error("the composition signed in");
}

async function restart(page, server) {
  const id = await begin(page, server.url, "다시 시작", "/timeline");
  const shown = async () => Number(/\d+/.exec(await page.getByText(/^기록 \d+개/).innerText())[0]);
  await page.waitForFunction(() => Number(/기록 (\d+)개/.exec(document.body.innerText)?.[1]) >= 3);
  await server.restart("SIGKILL");
  const before = await shown();
  await page.waitForFunction((n) => Number(/기록 (\d+)개/.exec(document.body.innerText)?.[1]) >= n + 3, before, { timeout: 30_000 });
  await api(server.url, "mutation ($u: String!) { endBriefing(username: $u) { id } }", { u: "다시 시작" });
  const { request } = await api(server.url, "query ($id: ID!) { request(id: $id) { ticks { done } } }", { id });
  await page.waitForFunction((n) => Number(/기록 (\d+)개/.exec(document.body.innerText)?.[1]) === n, request.ticks.done, { timeout: 10_000 })
    .catch(async () => { throw new Error(`the page shows ${await shown()} briefings of ${request.ticks.done}`); });
}

async function cold(page, { url }) {
  const id = await start(url, "cold", 600);
  const caption = "창가에 손님 두 분이 계십니다.";
  const { addBriefing } = await api(url, "mutation ($id: ID!, $caption: String!) { addBriefing(input: { requestId: $id, caption: $caption, counts: [{ name: \"person\", count: 2 }] }) { id } }", { id, caption });
  await page.goto(`${url}/r/${id}/${addBriefing.id}`);
  await page.getByText(caption).waitFor();
  await page.getByText("왜 이렇게 말했나요?").waitFor();
}

async function shopTimes(page, { url }) {
  const id = await begin(page, url, "시간");
  await page.getByRole("region", { name: "브리핑" }).waitFor();
  const { request } = await api(url, "query ($id: ID!) { request(id: $id) { endsAt startedAt } }", { id });
  const hour = Number(request.startedAt.slice(11, 13));
  const words = `${hour < 12 ? "오전" : "오후"} ${hour % 12 || 12}:`;
  const text = await page.getByRole("region", { name: "브리핑" }).innerText();
  if (!text.includes(words)) throw new Error(`no ${words} in ${text}, although it is ${request.startedAt} in the shop`);
}

async function summary(page, { url }) {
  await begin(page, url, "요약", "/summary");
  await page.reload();
  await page.getByRole("img", { name: "시간대별 손님" }).waitFor({ timeout: 15_000 });
  const button = page.getByRole("button", { name: "CSV 받기" });
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const lines = readFileSync(await file.path(), "utf8").split("\r\n");
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Seoul" }).format(new Date());
  if (lines[0] !== "\ufefftime,people,caption,degraded,counts" || !lines[1]?.startsWith(`${today} `)) throw new Error(`the CSV begins ${lines.slice(0, 2)}`);
}

async function endAndStart(page, { url }) {
  await begin(page, url, "끝");
  await page.getByRole("button", { name: "끝내기" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "끝내기" }).click();
  await page.getByText("브리핑이 끝났어요").waitFor();
  await page.getByRole("link", { name: "다르게 시작" }).click();
  await page.getByRole("radio", { name: "30초" }).click();
  await page.getByRole("button", { name: "시작", exact: true }).click();
  await page.getByText(/^30초마다/).waitFor();
}

async function style(page, { url }) {
  await begin(page, url, "말투", "/style");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "저장" }).click();
  await page.getByText("저장했어요").waitFor();
  const { custom } = await api(url, "{ custom(username: \"말투\") }");
  if (!custom.includes("영어로 말해줘")) throw new Error(`the server has ${custom}`);
}

async function offline(page, server) {
  await begin(page, server.url, "오프라인");
  await page.getByRole("region", { name: "브리핑" }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.getByRole("region", { name: "브리핑" }).waitFor();
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("마지막 상태", { exact: false }).waitFor();
  await page.getByRole("region", { name: "브리핑" }).waitFor();
  await page.context().setOffline(false);
}
