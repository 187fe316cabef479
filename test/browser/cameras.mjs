// Stories of owners and their cameras: adding, refusing, masks, privacy, a phone as the camera, and
// several at once. The cameras are servers on loopback.
import { createServer } from "node:http";
import { api, become, dayOf, joins, open, press, reach, run, type, until } from "./owner.mjs";

const secret = "pa#ss%/워드";

/** Saves a camera of a user, who may be new, and returns its id. */
export async function own(url, username, name, more = {}) {
  await api(url, "mutation ($u: String!) { login(username: $u) { outcome } }", { u: username });
  const input = { username, name, source: "demo:", ...more };
  return (await api(url, "mutation ($input: SaveCameraInput!) { saveCamera(input: $input) { camera { id } } }", { input })).saveCamera.camera.id;
}

const cameraOf = async (url, id) =>
  (await api(url, "query ($id: ID!) { camera(id: $id) { name source hasCredentials hasFrameToken masks { points { x y } } zones { name } egress { provider egress } keepFrames keepDays health { state } } }", { id })).camera;

/** Starts briefings of a camera for an hour and returns the request's id. */
export async function watch(url, username, cameraId) {
  const input = { username, interval: 600, cameraId, endTime: new Date(Date.now() + 3_600_000).toISOString() };
  joins(url, username);
  return (await api(url, "mutation ($input: StartBriefingInput!) { startBriefing(input: $input) { id } }", { input })).startBriefing.id;
}

// saved waits until the page of a stored camera is open, and returns the camera's id.
async function saved(page) {
  await page.waitForURL(/\/cameras\/[0-9a-f]{24}$/);
  return new URL(page.url()).pathname.split("/").at(-1);
}

/** Returns a function that drags across a picture, from one share of it to another, by finger. */
export async function byFinger(page, picture) {
  const touch = await page.context().newCDPSession(page);
  await touch.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  return async (from, to) => {
    await picture.scrollIntoViewIfNeeded();
    const box = await picture.boundingBox();
    const at = (part) => ({ x: box.x + box.width * (from[0] + (to[0] - from[0]) * part), y: box.y + box.height * (from[1] + (to[1] - from[1]) * part) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at(0)] });
    for (const part of [0.3, 0.7, 1]) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [at(part)] });
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
}

// aCamera is a camera on loopback: a picture behind a login, and refusals by path.
async function aCamera(url) {
  const { testCamera } = await api(url, "mutation { testCamera(input: {username: \"camera\", source: \"demo:\"}) { picture } }");
  const jpeg = Buffer.from(testCamera.picture.slice(testCamera.picture.indexOf(",") + 1), "base64");
  const login = `Basic ${Buffer.from(`admin:${secret}`).toString("base64")}`;
  const server = createServer((req, res) => {
    if (req.url === "/gone.jpg") { res.writeHead(404).end("no such file"); return; }
    if (req.url === "/") { res.writeHead(200, { "Content-Type": "text/html" }).end("<html><title>NVR</title><body>welcome</body></html>"); return; }
    if (req.headers.authorization !== login) { res.writeHead(401, { "WWW-Authenticate": "Basic realm=\"cam\"" }).end(); return; }
    res.writeHead(200, { "Content-Type": "image/jpeg" }).end(jpeg);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const at = `http://127.0.0.1:${server.address().port}`;
  return { at, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

const words = {
  ko: { add: "카메라 추가", name: "카메라 이름", kind: "카메라 종류", address: "카메라 주소", user: "카메라 아이디", password: "카메라 비밀번호", test: "시험해 보기", came: "화면이 왔어요", failed: "화면을 받지 못했어요", save: "저장", anyway: "그래도 저장", alt: "시험으로 받은 카메라 화면", remove: "카메라 지우기", go: "지우기", inUse: "지금 이 카메라로 브리핑하고 있어", password401: /비밀번호/, gone: /주소/, page: /페이지|화면/,
    fetch: "지금 화면 받기", drawn: "가릴 곳을 그리는 카메라 화면", mask: "가릴 곳", point: (mask, n) => `가릴 곳 ${mask}의 점 ${n},`, moved: "왼쪽에서 70%, 위에서 80%", addMask: "+ 가릴 곳 추가", addPoint: "점 추가", undo: "되돌리기", saved: "저장했어요",
    nowhere: "어디에도 화면을 보내지 않아요", provider: "제공자 주소", addProvider: "+ 제공자 추가", blurred: /^흐리게/, preview: "나갈 화면 미리 보기", leaving: "api.example.com에 보낼 화면", last: /^마지막 한 장/, days: "며칠 동안", shown: /에 찍은 매장 화면/,
    create: "저장하고 계속", every: "5초", begin: "보내기 시작", sending: "보내는 중", away: "서버에 닿지 않아", revoked: "허가가 끝났어요", resume: "다시 시작", stop: "멈추기", stopped: "사진을 보내고 있지 않아요" },
  en: { add: "Add a camera", name: "Name of the camera", kind: "Kind of camera", address: "Address of the camera", user: "User name of the camera", password: "Password of the camera", test: "Test it", came: "A picture came", failed: "No picture came", save: "Save", anyway: "Save anyway", alt: "The picture of the test", remove: "Delete the camera", go: "Delete", inUse: "Briefings use this camera now", password401: /password/, gone: /address|path/, page: /page/,
    fetch: "Get a picture now", drawn: "The picture on which masks are drawn", mask: "Mask", point: (mask, n) => `Mask ${mask}, point ${n},`, moved: "70% from the left, 80% from the top", addMask: "+ Add a mask", addPoint: "Add a point", undo: "Undo", saved: "Saved. It holds",
    nowhere: "No picture goes anywhere", provider: "Address of the provider", addProvider: "+ Add a provider", blurred: /^Blurred/, preview: "Preview what would leave", leaving: "The picture for api.example.com", last: /^The last one/, days: "For how many days", shown: /^The shop at/,
    create: "Save and go on", every: "5 s", begin: "Start sending", sending: "Sending", away: "cannot be reached", revoked: "no longer permitted", resume: "Start again", stop: "Stop", stopped: "No pictures are being sent" },
};

// adding enters an address and a login, sees the picture of the test, saves, and deletes the camera
// once no briefings use it. The password is in no place of the browser.
const adding = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `더하기 ${language}`;
  const camera = await aCamera(url);
  try {
    await become(page, url, user, "/cameras", language);
    await press(page, page.getByRole("link", { name: w.add }));
    await type(page, page.getByLabel(w.name, { exact: true }), "문 앞");
    await page.getByLabel(w.kind, { exact: true }).selectOption("other");
    await type(page, page.getByLabel(w.address, { exact: true }), `${camera.at}/ok.jpg`);
    await type(page, page.getByLabel(w.user, { exact: true }), "admin");
    await type(page, page.getByLabel(w.password, { exact: true }), secret);
    await press(page, page.getByRole("button", { name: w.test, exact: true }));
    await page.getByRole("heading", { name: w.came }).waitFor();
    await until("the picture is drawn", () => page.getByAltText(w.alt).evaluate((img) => img.complete && img.naturalWidth > 100));
    const { cameras: none } = await api(url, "query ($u: String!) { cameras(username: $u) { id } }", { u: user });
    if (none.length !== 1) throw new Error(`the test has stored a camera: ${JSON.stringify(none)}`);
    await press(page, page.getByRole("button", { name: w.save, exact: true }));
    const id = await saved(page);
    await page.getByText(`${camera.at}/ok.jpg`).waitFor();
    const stored = await cameraOf(url, id);
    if (stored.name !== "문 앞" || stored.source !== `${camera.at}/ok.jpg` || !stored.hasCredentials) throw new Error(`stored ${JSON.stringify(stored)}`);
    const left = await page.evaluate(() => JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, history.state, document.body.innerText]));
    if (/pa#ss|pa%23ss|워드/.test(left)) throw new Error(`the password is in ${left}`);
    await watch(url, user, id);
    await press(page, page.getByRole("button", { name: w.remove }));
    await press(page, page.getByRole("alertdialog").getByRole("button", { name: w.go, exact: true }));
    await page.getByRole("alert").filter({ hasText: w.inUse }).waitFor();
    await api(url, "mutation ($u: String!, $c: ID) { endBriefing(username: $u, cameraId: $c) { id } }", { u: user, c: id });
    await press(page, page.getByRole("alertdialog").getByRole("button", { name: w.go, exact: true }));
    await page.getByRole("link", { name: w.add }).waitFor();
    if (await cameraOf(url, id)) throw new Error("the camera is still there");
  } finally {
    await camera.stop();
  }
};

// refusing tests cameras that refuse. Each says why, with the next step, and can be saved anyway.
const refusing = (language) => async (page, { url }) => {
  const w = words[language];
  const camera = await aCamera(url);
  try {
    await become(page, url, `거절 카메라 ${language}`, "/cameras/new", language);
    await page.getByLabel(w.kind, { exact: true }).selectOption("other");
    for (const [path, said, camera401] of [["/ok.jpg", w.password401, /401/], ["/gone.jpg", w.gone, /404/], ["/", w.page, undefined]]) {
      await type(page, page.getByLabel(w.address, { exact: true }), camera.at + path);
      await press(page, page.getByRole("button", { name: w.test, exact: true }));
      const result = page.getByRole("status", { name: w.failed });
      await result.waitFor();
      const text = await result.innerText();
      if (!said.test(text) || (camera401 && !camera401.test(text))) throw new Error(`${path} says ${text}`);
      if (language === "en" && /[가-힣]/.test(text)) throw new Error(`${path} says ${text}`);
    }
    await type(page, page.getByLabel(w.address, { exact: true }), "ftp://192.168.0.1/x");
    await press(page, page.getByRole("button", { name: w.test, exact: true }));
    await page.getByRole("alert").waitFor();
    await type(page, page.getByLabel(w.address, { exact: true }), `${camera.at}/gone.jpg`);
    await press(page, page.getByRole("button", { name: w.test, exact: true }));
    await press(page, page.getByRole("button", { name: w.anyway }));
    await saved(page);
    await page.getByText(`${camera.at}/gone.jpg`).waitFor();
  } finally {
    await camera.stop();
  }
};

// masking draws a mask by finger and moves a point, then adds one by the keyboard, takes a change
// back, and saves both.
const masking = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `가리기 ${language}`;
  const id = await own(url, user, "창고");
  await become(page, url, user, `/cameras/${id}/areas`, language);
  await press(page, page.getByRole("button", { name: w.fetch }));
  const picture = page.getByAltText(w.drawn);
  await until("the picture is drawn", () => picture.evaluate((img) => img.complete && img.naturalWidth > 100));
  const drag = await byFinger(page, picture);
  await drag([0.2, 0.2], [0.5, 0.6]);
  const point = (mask, n) => page.getByRole("button", { name: new RegExp(`^${w.point(mask, n)}`) });
  await point(1, 1).waitFor();
  const handle = await point(1, 3).boundingBox();
  if (handle.width < 44 || handle.height < 44) throw new Error(`a handle has ${JSON.stringify(handle)}`);
  await drag([0.5, 0.6], [0.7, 0.8]);
  await page.getByRole("button", { name: `${w.point(1, 3)} ${w.moved}` }).waitFor();
  await press(page, page.getByRole("button", { name: w.addMask }));
  await reach(page, point(2, 1));
  const before = await point(2, 1).getAttribute("aria-label");
  for (const key of ["ArrowLeft", "ArrowUp", "Shift+ArrowLeft"]) await page.keyboard.press(key);
  await until("the point has moved", async () => await point(2, 1).getAttribute("aria-label") !== before);
  await press(page, page.getByRole("group", { name: `${w.mask} 2` }).getByRole("button", { name: w.addPoint }));
  await point(2, 5).waitFor();
  await press(page, page.getByRole("button", { name: w.undo }));
  await point(2, 5).waitFor({ state: "detached" });
  await press(page, page.getByRole("button", { name: w.save, exact: true }));
  await page.getByText(w.saved).waitFor();
  const { masks } = await cameraOf(url, id);
  if (masks.length !== 2 || masks[0].points.length !== 4 || Math.abs(masks[0].points[2].x - 0.7) > 0.02) throw new Error(`stored ${JSON.stringify(masks)}`);
};

// privacy adds a provider, chooses what it may get, and what is stored. The page of a briefing shows
// its stored picture.
const privacy = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `개인정보 ${language}`;
  const id = await own(url, user, "홀");
  await become(page, url, user, `/cameras/${id}/privacy`, language);
  await page.getByText(w.nowhere).waitFor();
  await type(page, page.getByLabel(w.provider), "api.example.com");
  await press(page, page.getByRole("button", { name: w.addProvider }));
  await press(page, page.getByRole("radio", { name: w.blurred }), "Space");
  await press(page, page.getByRole("button", { name: w.preview }));
  const leaving = page.getByAltText(w.leaving);
  await until("the picture that would leave is drawn", () => leaving.evaluate((img) => img.complete && img.naturalWidth > 100));
  await press(page, page.getByRole("radio", { name: w.last }), "Space");
  await type(page, page.getByLabel(w.days), "3");
  await press(page, page.getByRole("button", { name: w.save, exact: true }));
  await page.getByText(w.saved).waitFor();
  const { egress, keepFrames, keepDays } = await cameraOf(url, id);
  if (JSON.stringify({ egress, keepFrames, keepDays }) !== '{"egress":[{"provider":"api.example.com","egress":"BLURRED"}],"keepFrames":"LAST","keepDays":3}') throw new Error(`stored ${JSON.stringify({ egress, keepFrames, keepDays })}`);
  const request = await watch(url, user, id);
  const briefing = await run(url, request);
  const stored = "query ($id: ID!) { briefing(id: $id) { frame { id } } }";
  await until("the picture is stored", async () => (await api(url, stored, { id: briefing.id })).briefing.frame);
  await open(page, `${url}/r/${request}/${briefing.id}`);
  const picture = page.getByRole("img", { name: w.shown });
  await until("the picture is shown", () => picture.evaluate((img) => img.complete && img.naturalWidth > 100));
};

// phoneCamera makes the browser's fake device a camera. It is told when the network is away and when
// its token is taken, and goes on where it can.
const phoneCamera = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `폰 카메라 ${language}`;
  await page.context().grantPermissions(["camera"], { origin: url });
  await become(page, url, user, "/cameras/new", language);
  await page.getByLabel(w.kind, { exact: true }).selectOption("phone");
  await type(page, page.getByLabel(w.name, { exact: true }), "내 폰");
  await press(page, page.getByRole("button", { name: w.create }));
  await press(page, page.getByRole("radio", { name: w.every, exact: true }), "Space");
  await press(page, page.getByRole("button", { name: w.begin }));
  await page.getByText(w.sending, { exact: true }).waitFor();
  const id = new URL(page.url()).pathname.split("/")[2];
  const request = await watch(url, user, id);
  const briefing = await run(url, request, "degraded facts { brightness }");
  if (briefing.facts?.brightness == null) throw new Error(`a briefing of the phone's picture says ${JSON.stringify(briefing)}`);
  await page.context().setOffline(true);
  await page.getByRole("alert").filter({ hasText: w.away }).waitFor();
  await page.context().setOffline(false);
  await page.getByText(w.sending, { exact: true }).waitFor();
  await page.reload(); // the permit is this tab's, so it goes on by itself
  await page.getByText(w.sending, { exact: true }).waitFor();
  await api(url, "mutation ($id: ID!) { createFrameToken(cameraId: $id) { token } }", { id });
  await page.getByRole("alert").filter({ hasText: w.revoked }).waitFor();
  await press(page, page.getByRole("button", { name: w.resume }));
  await page.getByText(w.sending, { exact: true }).waitFor();
  await press(page, page.getByRole("button", { name: w.stop, exact: true }));
  await page.getByText(w.stopped, { exact: false }).waitFor();
  await until("no token is left on the device", () => page.evaluate(() => !JSON.stringify({ ...localStorage, ...sessionStorage }).includes("token")));
};

// insecure shows on plain HTTP why there is no camera, and the ways out.
async function insecure(page, { url }) {
  const id = await own(url, "평문", "내 폰", { source: "push:" });
  await page.addInitScript(() => Object.defineProperty(navigator, "mediaDevices", { value: undefined }));
  await become(page, url, "평문", `/cameras/${id}/phone`);
  await page.getByText("브라우저가 카메라를 열어 주지 않아요").waitFor();
  await page.getByText("IP Webcam").waitFor();
}

// several watches two cameras at once: the one that shows nothing comes first, each can be chosen,
// and one ends while the other goes on.
async function several(page, { url }) {
  const user = "여러 카메라";
  const hall = await own(url, user, "홀");
  const camera = await aCamera(url);
  const gone = await own(url, user, "뒷문", { source: `${camera.at}/gone.jpg` });
  try {
    await become(page, url, user, `/start?camera=${hall}`);
    joins(url, user);
    await until("the form chooses the camera of the address", async () => await page.getByLabel("카메라", { exact: true }).inputValue() === hall);
    await press(page, page.getByRole("button", { name: "시작", exact: true }));
    await page.getByRole("button", { name: "끝내기" }).waitFor();
    const second = await watch(url, user, gone);
    await run(url, second);
    const { at } = await run(url, second, "at"); // an outage counts after two runs
    const chips = page.getByRole("group", { name: "보고 있는 카메라" }).getByRole("button");
    await until("two cameras, the broken one first", async () => await chips.count() === 2 && /뒷문/.test(await chips.first().innerText()) && /주지|연결|읽을/.test(await chips.first().innerText()));
    await press(page, chips.nth(1));
    await until("the hall is shown", async () => await chips.nth(1).getAttribute("aria-pressed") === "true");
    await page.waitForURL((address) => address.href.includes(hall));
    await press(page, page.getByRole("button", { name: "지금 한 번" }));
    await page.getByRole("region", { name: "브리핑", exact: true }).waitFor();
    await press(page, page.getByRole("button", { name: "끝내기" }));
    await press(page, page.getByRole("alertdialog").getByRole("button", { name: "끝내기" }));
    await until("one camera goes on", async () => {
      const { user: owner } = await api(url, "query ($u: String!) { user(username: $u) { activeRequests { camera { name } } } }", { u: user });
      return owner.activeRequests.length === 1 && owner.activeRequests[0].camera.name === "뒷문";
    });
    await chips.first().waitFor({ state: "detached" });
    await open(page, `${url}/timeline?camera=${gone}&date=${dayOf(at)}`);
    await until("the timeline is the camera's", async () => await page.locator(".list .line").count() > 0 && !/손님/.test(await page.locator(".list").innerText()));
    await open(page, `${url}/cameras`);
    await until("the broken one is first in the list", async () => /뒷문/.test(await page.locator(".cameras > li").first().innerText()));
    await api(url, "mutation ($u: String!, $c: ID) { endBriefing(username: $u, cameraId: $c) { id } }", { u: user, c: gone });
  } finally {
    await camera.stop();
  }
}

/** The stories by what they show. */
export const cameras = {
  "a camera is added after its test, and deleted when it rests": adding("ko"),
  "a camera is added in English": adding("en"),
  "cameras that refuse say why": refusing("ko"),
  "cameras that refuse say why in English": refusing("en"),
  "masks are drawn by finger and by keyboard": masking("ko"),
  "masks are drawn in English": masking("en"),
  "what may leave, and what is stored": privacy("ko"),
  "what may leave, in English": privacy("en"),
  "a phone is the camera": phoneCamera("ko"),
  "a phone is the camera in English": phoneCamera("en"),
  "plain HTTP has no camera, and says so": insecure,
  "several cameras at once": several,
};
