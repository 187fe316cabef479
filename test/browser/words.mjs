// Stories of styles and models, on a server whose first model refuses its key and whose second one
// writes: the lines of a style, those that were refused, new ones, a preview, the models, and why a
// briefing says what it says. Beside the ones of console.mjs because they need such a server.
import { own, watch } from "./cameras.mjs";
import { api, become, dayOf, joins, open, press, run, start, until } from "./owner.mjs";

const words = {
  ko: { casual: "편한 말로", save: "저장", saved: "저장했어요", sheet: "이 말투의 문장", written: "모델이 이 말투로 쓴 문장으로 말해요", group: /^브리핑/, some: "손님이 있을 때", digit: "숫자를 직접 적었어요", again: "다시 쓰기", waiting: /모델이 문장을 다시 쓰고 있어요/, fresh: "새 문장이 준비됐어요.",
    preview: "미리 보기", samples: "지난 하루의 브리핑", first: "먼저 묻는 모델", paused: "쉬는 중", key: "키를 받아 주지 않았어요", answers: "답함", leaves: "모델에게 나가는 것", used: "모델에게 물은 양", today: /오늘 요청 [1-9]/, sheetWords: "모델이 말투에 맞춰 써 둔 문장", settings: "설정", models: "모델", described: "모델 설명", check: "확인해 주세요" },
  en: { casual: "Casual Korean", save: "Save", saved: "Saved.", sheet: "The lines of this style", written: "The lines that a model wrote for this style speak", group: /^Briefings/, some: "People are there", digit: "It has a number of its own", again: "Write again", waiting: /The model is writing the lines again/, fresh: "The new lines are there.",
    preview: "Preview", samples: "Briefings of the last day", first: "Asked first", paused: "pausing", key: "It did not accept the key", answers: "answers", leaves: "What goes to models", used: "Questions to models", today: /Today [1-9]\d* requests/, sheetWords: "lines that a model wrote for the style", settings: "Settings", models: "Models", described: "Model's description", check: "Please check" },
};

const sheetOf = async (url, username) =>
  (await api(url, "query ($u: String!) { styleSheet(username: $u) { verdict model madeAt refused { text } notes { code } } }", { u: username })).styleSheet;

/** Saves a style and waits until a model has written its lines. */
export async function styled(url, username, lines) {
  await api(url, "mutation ($u: String!) { login(username: $u) { outcome } }", { u: username });
  await api(url, "mutation ($input: StyleInput!) { saveStyle(input: $input) { notes { code } } }", { input: { username, lines } });
  return until("a model has written the lines", async () => {
    const sheet = await sheetOf(url, username);
    return sheet.verdict === "STYLE_SHEET" && sheet;
  });
}

// sheet saves a style, sees the lines of the model and the one that was refused, and asks for new ones.
const sheet = (language) => async (page, { url, models }) => {
  const w = words[language];
  const user = `문장 ${language}`;
  await become(page, url, user, "/style", language);
  await press(page, page.getByRole("button", { name: w.casual, exact: true }));
  await press(page, page.getByRole("button", { name: w.save, exact: true }));
  await page.getByText(w.saved).first().waitFor();
  const card = page.getByRole("region", { name: w.sheet });
  await card.getByText(w.written).waitFor();
  await card.getByText("second-model").waitFor();
  await press(page, card.getByRole("button", { name: w.group }));
  await card.getByText(w.some, { exact: true }).first().waitFor();
  await card.getByText("사장님, 현재 매장에 손님이 {people} 있습니다.").waitFor();
  await card.getByText("손님 3명 없습니다.").waitFor();
  await card.getByText(w.digit).first().waitFor();
  const { madeAt } = await sheetOf(url, user);
  const release = models.second.hold();
  await press(page, card.getByRole("button", { name: w.again }));
  await card.getByText(w.waiting).waitFor();
  release();
  await card.getByText(w.fresh).waitFor();
  if ((await sheetOf(url, user)).madeAt === madeAt) throw new Error("the server has the old lines");
};

// preview shows the briefings of the last day in the style of now and in the new one.
const preview = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `견주기 ${language}`;
  await styled(url, user, []);
  const request = await start(url, user, 600);
  for (let n = 0; n < 2; n++) { // the camera counts from the second picture on
    await run(url, request);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await become(page, url, user, "/style", language);
  await press(page, page.getByRole("button", { name: "English" }));
  await press(page, page.getByRole("button", { name: w.preview }));
  const samples = page.getByRole("list", { name: w.samples });
  await samples.waitFor();
  const [before, after] = await samples.getByRole("listitem").first().locator("p").allInnerTexts();
  if (!/[가-힣]/.test(before) || !/[A-Za-z]/.test(after)) throw new Error(`the first sample shows ${before} | ${after}`);
  const { custom } = await api(url, "query ($u: String!) { custom(username: $u) }", { u: user });
  if (custom.length > 0) throw new Error("the preview has saved the style");
};

// models shows the model that pauses and the one that answers, what leaves, and what was asked.
const models = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `모델 ${language}`;
  let asked = 0;
  const ask = () => styled(url, user, [`모델 ${language}에게 ${++asked}번 공손하게 말해줘`]);
  await ask();
  await become(page, url, user, "/settings", language);
  await press(page, page.getByRole("link", { name: w.models, exact: true }));
  const first = page.getByRole("region", { name: "first-model" });
  const used = page.getByRole("region", { name: w.used });
  await until("the first model pauses, and today's questions are shown", async () => {
    await Promise.all([first.waitFor(), used.waitFor()]);
    if (await first.getByText(w.paused).count() > 0 && w.today.test(await used.innerText())) return true;
    await ask(); // the pause or the day is over
    await page.reload();
    return false;
  });
  await first.getByText(w.first).waitFor();
  await first.getByText(w.key, { exact: false }).first().waitFor();
  await page.getByRole("region", { name: "second-model" }).getByText(w.answers, { exact: true }).waitFor();
  await page.getByRole("region", { name: w.leaves }).waitFor();
  const shown = await page.locator("main").innerText();
  if (/sk-first|http:\/\//.test(shown)) throw new Error(`the page shows a key or an address: ${shown}`);
};

// why shows the lines of a briefing, the model that wrote them, and what stands in their slots.
const why = (language) => async (page, { url }) => {
  const w = words[language];
  const user = `까닭 ${language}`;
  await styled(url, user, ["공손하게 말해줘"]);
  joins(url, user);
  const request = await start(url, user, 600);
  let made;
  await until("a briefing has a line with a slot", async () => { // the camera counts from the second picture on
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    made = await run(url, request, "id made { source said { line slots { text } } }");
    return made.made.source !== "template" && made.made.said.some(({ slots }) => slots.length > 0);
  });
  await become(page, url, user, `/r/${request}/${made.id}`, language);
  const reasons = page.locator(".why");
  await reasons.getByText(w.sheetWords).waitFor();
  await reasons.getByText("second-model").first().waitFor();
  const { line, slots } = made.made.said.find((one) => one.slots.length > 0);
  await reasons.getByText(line, { exact: true }).first().waitFor();
  await reasons.getByText(slots[0].text, { exact: false }).first().waitFor();
};

// eyes names the colours of three stripes, as a page decodes them that stays open. A question after
// the story's end sees nothing.
const eyes = (page) => (picture) => page.evaluate(async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const hues = { red: [220, 20, 20], green: [20, 160, 40], blue: [20, 50, 220], yellow: [250, 220, 20], black: [0, 0, 0], white: [255, 255, 255] };
  return [1, 3, 5].map((sixth) => {
    const pixel = canvas.getImageData(Math.floor((bitmap.width * sixth) / 6), Math.floor(bitmap.height / 2), 1, 1).data;
    const far = (hue) => hue.reduce((sum, value, i) => sum + (value - pixel[i]) ** 2, 0);
    return Object.entries(hues).sort(([, a], [, b]) => far(a) - far(b))[0][0];
  }).join(", ");
}, picture).catch(() => "");

// described lets a model have the pictures of a camera, and sees what it says on them: beside the
// sentence of the newest briefing, in the timeline and on the briefing's page.
const described = (language) => async (page, { url, models: { second } }) => {
  const w = words[language];
  const user = `설명 ${language}`;
  await become(page, url, user, "/", language);
  second.see(eyes(await page.context().newPage()));
  const id = await own(url, user, "홀", { egress: [{ provider: new URL(second.url).host, egress: "FULL" }] });
  const request = await watch(url, user, id);
  let last;
  await until("a picture is described", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    last = await run(url, request, "id at description question");
    return last.description && last.question;
  });
  const seen = async (where) => {
    await where.getByText(w.described, { exact: true }).first().waitFor();
    await where.getByText(last.description).first().waitFor();
    await where.getByText(w.check, { exact: true }).first().waitFor();
  };
  await open(page, url);
  const answer = page.locator(".answer");
  await until("the newest briefing is described", async () => await answer.locator(".described").count() > 0);
  await seen(answer);
  if ((await answer.locator(".say").innerText()).includes(last.description)) throw new Error("the description stands in the sentence");
  await open(page, `${url}/timeline?date=${dayOf(last.at)}`);
  await seen(page.locator(".list"));
  await open(page, `${url}/r/${request}/${last.id}`);
  await seen(page.locator(".answer"));
  await page.locator(".why").getByText("second-model").first().waitFor();
};

/** The stories by what they show. */
export const wordStories = {
  "a model writes the lines of a style, once more if asked": sheet("ko"),
  "a model writes the lines of a style, in English": sheet("en"),
  "a preview of the last day": preview("ko"),
  "a preview of the last day, in English": preview("en"),
  "the models, and what was asked": models("ko"),
  "the models, in English": models("en"),
  "a model says what it sees, apart from the sentence": described("ko"),
  "a model says what it sees, in English": described("en"),
  "why a briefing says what it says": why("ko"),
  "why a briefing says what it says, in English": why("en"),
};
