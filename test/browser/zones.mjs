// Stories of zones: they are drawn by finger and by keyboard on a picture in which somebody stands,
// and the counts, the boxes and the sentence that says why follow them.
import { createServer } from "node:http";
import { byFinger, own, watch } from "./cameras.mjs";
import { api, become, open, press, reach, run, type, until } from "./owner.mjs";

const words = {
  ko: { kind: "구역", fetch: "지금 화면 받기", again: "다시 보기", drawn: "가릴 곳을 그리는 카메라 화면", seen: "이 화면에서 센 것", name: "구역 이름", point: (zone, n) => `${zone}의 점 ${n},`, add: "+ 구역 추가", up: "위로", remove: "지우기", save: "저장", saved: "저장했어요",
    first: "구역 1", second: "구역 2", named: "문 앞", one: (zone) => `${zone} 1명`, outside: "구역 밖 1명", uncounted: "구역 밖은 세지 않아요", shown: /에 찍은 매장 화면/, toggle: "찾은 사람 표시", why: "왜 이렇게 말했나요?", method: "움직임으로 추정", by: "구역별", gone: "지워진 구역",
    same: "앞 브리핑과 같은 화면이라", counting: "세는 방법", estimate: /움직임으로 센 수는 추정/ },
  en: { kind: "Zones", fetch: "Get a picture now", again: "Look again", drawn: "The picture on which masks are drawn", seen: "Counted in this picture", name: "Name of the zone", point: (zone, n) => `${zone}, point ${n},`, add: "+ Add a zone", up: "Up", remove: "Remove", save: "Save", saved: "Saved. It holds",
    first: "Zone 1", second: "Zone 2", named: "At the door", one: (zone) => `${zone}: 1`, outside: "outside of the zones: 1", uncounted: "People outside of the zones are not counted", shown: /^The shop at/, toggle: "Show who was found", why: "Why does it say that?", method: "estimated by movement", by: "By zone", gone: "deleted zone",
    same: "The picture is the same as at the briefing before", counting: "How people are counted", estimate: /Counts by movement are estimates/ },
};

// aShop is a camera on loopback whose pictures the page draws: a shop with noise, and between enter
// and leave with somebody whose feet are at a quarter of the width.
async function aShop(page) {
  const pictures = await page.evaluate(async () => {
    const draw = async (somebody) => {
      const canvas = new OffscreenCanvas(640, 360);
      const on = canvas.getContext("2d");
      on.fillStyle = "#b9b4a8";
      on.fillRect(0, 0, 640, 360);
      for (let n = 0; n < 40; n++) { // shelves with goods
        on.fillStyle = ["#7b5e42", "#3f6f8f", "#a8433a", "#d9c86a"][n % 4];
        on.fillRect(330 + (n % 10) * 30, 20 + Math.floor(n / 10) * 50, 22, 34);
      }
      if (somebody) {
        on.fillStyle = "#26304a";
        on.fillRect(138, 150, 44, 150);
        on.beginPath();
        on.arc(160, 132, 20, 0, 7);
        on.fill();
      }
      const all = on.getImageData(0, 0, 640, 360);
      for (let n = 0; n < all.data.length; n++) if (n % 4 !== 3) all.data[n] += Math.random() * 6 - 3;
      on.putImageData(all, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
    };
    const some = async (somebody) => [await draw(somebody), await draw(somebody), await draw(somebody)];
    return { empty: await some(false), busy: await some(true) };
  });
  let shown = pictures.empty;
  let turn = 0;
  const server = createServer((_req, res) => { res.writeHead(200, { "Content-Type": "image/jpeg" }).end(Buffer.from(shown[turn++ % shown.length], "base64")); });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    source: `http://127.0.0.1:${server.address().port}/shop.jpg`,
    enter: () => { shown = pictures.busy; },
    leave: () => { shown = pictures.empty; },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

const stored = async (url, id) => (await api(url, "query ($id: ID!) { camera(id: $id) { zones { id name polygon { points { x y } } } } }", { id })).camera.zones;

// drawing draws two zones that overlap where somebody stands. The upper one counts, also after they
// have changed places and after one is gone. Then a briefing shows the boxes, and says how it counted.
const drawing = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `구역 ${language}`;
  await become(page, url, user, "/cameras", language);
  const shop = await aShop(page);
  try {
    const id = await own(url, user, "홀", { source: shop.source, keepFrames: "LAST" });
    const request = await watch(url, user, id);
    const counts = (people) => until(`the server counts ${people}`, async () => {
      const briefing = await run(url, request, "id facts { people }");
      if (briefing.facts?.people === people) return briefing;
      await new Promise((resolve) => setTimeout(resolve, 700)); // pictures of the same second teach nothing
      return false;
    });
    await counts(0); // the empty shop is learnt
    shop.enter();
    await counts(1);

    await open(page, `${url}/cameras/${id}/areas`);
    await press(page, page.getByRole("radio", { name: w.kind, exact: true }), "Space");
    await press(page, page.getByRole("button", { name: w.fetch }));
    const picture = page.getByAltText(w.drawn);
    await until("the picture is drawn", () => picture.evaluate((img) => img.complete && img.naturalWidth > 100));
    const seen = page.getByRole("status", { name: w.seen });
    await seen.waitFor();
    await until("a box and its tiles are shown", async () => await page.locator(".stage .box.whole").count() === 1 && await page.locator(".stage .tile").count() > 0);
    const drag = await byFinger(page, picture);
    await drag([0.6, 0.3], [0.9, 0.9]); // somebody stands elsewhere
    await seen.getByText(w.outside, { exact: true }).waitFor();
    await seen.getByText(w.uncounted).waitFor();
    await until("the box outside is dashed", () => page.locator(".stage .box.outside").evaluate((box) => getComputedStyle(box).borderTopStyle === "dashed"));
    const point = (zone, n) => page.getByRole("button", { name: new RegExp(`^${w.point(zone, n)}`) });
    await drag([0.6, 0.3], [0.05, 0.3]); // the first corner
    await drag([0.6, 0.9], [0.05, 0.97]); // and the last one, so that the zone holds the feet
    await seen.getByText(w.one(w.first), { exact: true }).waitFor();
    await type(page, page.getByLabel(w.name), w.named);
    await seen.getByText(w.one(w.named), { exact: true }).waitFor();

    await press(page, page.getByRole("button", { name: w.add }));
    const second = (await page.getByRole("group").filter({ has: page.getByLabel(w.name) }).nth(1).getAttribute("aria-label"));
    await reach(page, point(second, 3)); // by the keyboard down to the feet
    for (let n = 0; n < 12; n++) await page.keyboard.press("Shift+ArrowDown");
    await reach(page, point(second, 4));
    for (let n = 0; n < 12; n++) await page.keyboard.press("Shift+ArrowDown");
    for (const n of [3, 4]) await until("the point is at the lower edge", async () => /100%[^%]*$/.test(await point(second, n).getAttribute("aria-label")));
    await seen.getByText(w.one(w.named), { exact: true }).waitFor(); // the upper one counts
    await press(page, page.getByRole("group", { name: second }).getByRole("button", { name: w.up }));
    await seen.getByText(w.one(second), { exact: true }).waitFor();
    await press(page, page.getByRole("button", { name: w.save, exact: true }));
    await page.getByText(w.saved).waitFor();
    const zones = await stored(url, id);
    if (zones.map((z) => z.name).join() !== [second, w.named].join()) throw new Error(`stored ${JSON.stringify(zones)}`);

    shop.leave(); // a save learns the view anew
    await counts(0);
    shop.enter();
    const briefing = await counts(1);
    await until("the picture is stored", async () => (await api(url, "query ($id: ID!) { briefing(id: $id) { frame { id } } }", { id: briefing.id })).briefing.frame);
    await open(page, `${url}/r/${request}/${briefing.id}`);
    await until("the picture is shown", () => page.getByRole("img", { name: w.shown }).evaluate((img) => img.complete && img.naturalWidth > 100));
    await until("the box is shown", async () => await page.locator(".found .box.z0").count() === 1);
    const why = page.locator(".why");
    await why.getByText(w.method).waitFor();
    await why.getByText(w.by).waitFor();
    await why.getByText(new RegExp(w.one(second))).waitFor();
    await press(page, page.getByLabel(w.toggle), "Space");
    await page.locator(".found .box").waitFor({ state: "detached" });
    await api(url, "mutation ($input: SaveCameraInput!) { saveCamera(input: $input) { camera { id } } }", { input: { id, zones: [] } });
    await page.reload();
    await why.getByText(new RegExp(w.one(w.gone))).waitFor();
    await open(page, `${url}/settings`);
    await page.getByRole("region", { name: w.counting }).getByText(w.method).waitFor();
    await page.getByRole("region", { name: w.counting }).getByText(w.estimate).waitFor();
  } finally {
    await shop.stop();
  }
};

/** The stories by what they show. */
export const zones = {
  "zones are drawn by finger and by keyboard, and count": drawing("ko"),
  "zones are drawn in English": drawing("en"),
};
