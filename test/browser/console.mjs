// Stories of owners in the console, at a phone's size and by the keyboard alone. Each returns when
// the owner sees what the story promises, and throws otherwise.
import { readFileSync } from "node:fs";
import { cameras } from "./cameras.mjs";
import { back, doubled, fullShell, gateway, hostile, lost, newest, noSocket, noStorage, paper, refused, tabs } from "./hardship.mjs";
import { again, endAndStart, extendAndEnd, firstVisit, hour, offline, restart, runNow } from "./live.mjs";
import { add, api, begin, joins, open, pastMinute, press, start, type, until } from "./owner.mjs";
import { composition, earlier, jump, neighbours, outs, timeline, wake } from "./stories.mjs";
import { zones } from "./zones.mjs";

/** The stories that cut connections, whose errors the browser reports. */
export const broken = {
  "a restart while watching loses and doubles nothing": "cuts",
  "the last state is there without the server": "offline",
  "each change that the server refuses can be tried again": "refusals",
  "another folder of data": "cuts",
  "the last state is there behind a bad gateway": "gateway",
  "a page without a socket goes on": "sockets",
  "a phone is the camera": "device",
  "a phone is the camera in English": "device",
};

/** The stories by what they show. */
export const stories = {
  "first visit shows a briefing within 20 s": firstVisit,
  "Enter during Korean composition does not submit": composition,
  "a restart while watching loses and doubles nothing": restart,
  "one run now": runNow,
  "the end is moved, and then comes at once": extendAndEnd,
  "end, and start again in the form": endAndStart,
  "one button starts the last request again": again,
  "a briefing opens cold, without a name, and is marked as wrong": cold,
  "times are the shop's": shopTimes,
  "a summary has a chart, and its CSV the shop's times": summary,
  "a style is seen before it is saved": style,
  "all seen": allSeen,
  "a timeline folds, opens and is searched": timeline,
  "a time of the strip leads there, each time": jump,
  "a briefing's neighbours": neighbours,
  "what leaves the console": outs,
  "names of earlier visits, and earlier requests": earlier,
  "a phone that slept opens a new socket": wake,
  "all data is deleted": deleteAll,
  "the pages are English for an English phone": english,
  "the last state is there without the server": offline,
  "an hour of briefings": hour,
  "a device that stores nothing": noStorage,
  "the back button closes a dialog": back,
  "each change that the server refuses can be tried again": refused,
  "two presses at once are one": doubled,
  "two tabs": tabs,
  "another folder of data": lost,
  "the last state is there behind a bad gateway": gateway,
  "no room for the offline shell": fullShell,
  "a page without a socket goes on": noSocket,
  "a day opens with its newest briefings": newest,
  "a dark page on paper": paper,
  "hostile sentences and names": hostile,
  ...cameras,
  ...zones,
};

async function cold(page, { url }) {
  const request = await start(url, "cold", 600);
  const caption = "창가에 손님 두 분이 계십니다.";
  const id = await add(url, request, caption, 2);
  const stored = async () => (await api(url, "query ($id: ID!) { briefing(id: $id) { reportedWrong } }", { id })).briefing.reportedWrong;
  await open(page, `${url}/r/${request}/${id}`);
  await page.getByText(caption).first().waitFor();
  await page.getByText("왜 이렇게 말했나요?").waitFor();
  await press(page, page.getByRole("button", { name: "틀렸어요" }));
  await type(page, page.getByLabel("무엇이 달랐나요? (선택)"), "세 분이었어요");
  await page.keyboard.press("Enter");
  await page.getByText("틀렸다고 표시했어요").waitFor();
  await page.getByText("틀림 표시", { exact: true }).waitFor();
  await until("the mark is stored", stored);
  await press(page, page.getByRole("button", { name: "틀림 표시 취소" }));
  await page.getByRole("button", { name: "틀렸어요" }).waitFor();
  await until("the mark is no longer stored", async () => !await stored());
}

async function shopTimes(page, { url }) {
  const request = await begin(page, url, "시간", "/", 600);
  const { at } = pastMinute();
  const { briefing } = await api(url, "query ($id: ID!) { briefing(id: $id) { at } }", { id: await add(url, request, "손님이 없습니다.", 0, at(0)) });
  const hour = Number(briefing.at.slice(11, 13));
  const words = `${hour < 12 ? "오전" : "오후"} ${hour % 12 || 12}:${briefing.at.slice(14, 16)}`;
  const text = () => page.getByRole("region", { name: "브리핑" }).innerText();
  await until(`the page says ${words}`, async () => (await text()).includes(words))
    .catch(async (err) => { throw new Error(`${err.message}; it is ${briefing.at} in the shop, and the page says ${await text()}`); });
}

async function summary(page, { url }) {
  const request = await start(url, "요약", 600);
  const { day, at } = pastMinute();
  for (const [n, people] of [0, 2, 1].entries()) await add(url, request, `손님 ${people}분이 계십니다.`, people, at(n));
  await page.addInitScript(() => localStorage.setItem("bis.user", "요약"));
  await open(page, `${url}/summary`);
  const chart = page.getByRole("img", { name: "시간대별 손님" });
  await chart.waitFor();
  await until("the chart is drawn", () => chart.evaluate((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v > 0)));
  await press(page, page.getByText("시간대별 표"));
  await until("the table says the peak 2 of 3 briefings", async () => {
    const row = (await page.locator(".hourtable tbody tr").first().innerText()).split(/\s+/);
    return row.includes("2") && row.includes("3");
  });
  const [file] = await Promise.all([page.waitForEvent("download"), press(page, page.getByRole("button", { name: "CSV 받기" }))]);
  const lines = readFileSync(await file.path(), "utf8").split("\r\n");
  if (lines[0] !== "\ufefftime,people,caption,degraded,counts,trouble" || !lines[1]?.startsWith(`${day} `)) throw new Error(`the CSV begins ${lines.slice(0, 2)}`);
}

async function style(page, { url }) {
  await begin(page, url, "말투", "/");
  await page.getByRole("region", { name: "브리핑", exact: true }).waitFor();
  await open(page, `${url}/style`);
  const custom = async () => (await api(url, "{ custom(username: \"말투\") }")).custom;
  await press(page, page.getByRole("button", { name: "English" }));
  await press(page, page.getByRole("button", { name: "미리 보기" }));
  await page.getByRole("heading", { name: "새 말투" }).waitFor();
  const [before, after] = await page.locator(".compare p").allInnerTexts();
  if (!/[가-힣]/.test(before) || /[가-힣]/.test(after) || !/[a-z]/.test(after)) throw new Error(`the preview shows ${before} | ${after}`);
  if ((await custom()).includes("영어로 말해줘")) throw new Error("the preview has saved the style");
  await press(page, page.getByRole("button", { name: "저장" }));
  await page.getByText("저장했어요").waitFor();
  if (!(await custom()).includes("영어로 말해줘")) throw new Error(`the server has ${await custom()}`);
}

async function allSeen(page, { url }) {
  const request = await start(url, "확인", 600);
  const { day, at } = pastMinute();
  await add(url, request, "손님이 없습니다.", 0, at(0));
  await api(url, "mutation ($at: Time!) { markSeen(username: \"확인\", at: $at) { id } }", { at: new Date(Date.now() - 3_600_000).toISOString() });
  await page.addInitScript(() => localStorage.setItem("bis.user", "확인"));
  await open(page, `${url}/timeline?date=${day}`);
  await page.getByRole("button", { name: "지난번 본 뒤 1" }).waitFor();
  await press(page, page.getByRole("button", { name: "모두 확인" }));
  await page.getByRole("button", { name: /^지난번 본 뒤/ }).waitFor({ state: "detached" });
}

async function deleteAll(page, { url }) {
  await begin(page, url, "지울 이름");
  await page.getByRole("region", { name: "브리핑", exact: true }).waitFor();
  await open(page, `${url}/settings`);
  await press(page, page.getByRole("button", { name: "모두 지우기" }));
  const dialog = page.getByRole("alertdialog");
  if (await dialog.getByRole("button", { name: "영원히 지우기" }).isEnabled()) throw new Error("one press would delete everything");
  await type(page, dialog.getByLabel("확인을 위해 이름을 적어 주세요"), "지울 이름");
  await press(page, dialog.getByRole("button", { name: "영원히 지우기" }));
  await page.getByLabel("매장이나 내 이름").waitFor();
  const { user } = await api(url, "{ user(username: \"지울 이름\") { id } }");
  if (user) throw new Error("the user is still there");
  await until("nothing of the user is left on the device", () => page.evaluate(() => !JSON.stringify({ ...localStorage }).includes("지울 이름")))
}

async function english(page, { url }) {
  joins(url, "corner shop");
  await page.addInitScript(() => { if (!localStorage.getItem("bis.language")) localStorage.setItem("bis.language", "en"); });
  await open(page, url);
  await type(page, page.getByLabel("Your name or your shop's"), "corner shop");
  await page.keyboard.press("Enter");
  const said = page.locator(".answer .say");
  await until("an English sentence", async () => await said.count() > 0 && /^[ -~]+$/.test(await said.innerText()));
  await page.evaluate(() => { localStorage.clear(); localStorage.setItem("bis.language", "ko"); });
  await begin(page, url, "shop", "/settings");
  await press(page, page.getByRole("radio", { name: "English" }), "Space");
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await until("the page's language is English", () => page.evaluate(() => document.documentElement.lang === "en"));
  await press(page, page.getByRole("link", { name: "Now" }));
  await page.getByText("Live", { exact: true }).waitFor();
}
