// Visits every page of the console in both languages, two sizes and two themes. axe must find
// nothing serious, nothing may be wider than the screen, and an English page has no Korean words
// but the owner's. With BIS_SCREENSHOTS each visit leaves a picture.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { add, api, start } from "./owner.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1280, height: 800 } };
const locales = { ko: "ko-KR", en: "en-US" };
const owner = "행복 아이스크림";

/** Every combination of language, size and theme. */
export const looks = Object.keys(locales).flatMap((language) => Object.keys(sizes).flatMap((size) =>
  ["light", "dark"].map((theme) => ({ name: `${language}-${size}-${theme}`, language, size, theme }))));

/** The options of a browser's context for a look. */
export const deviceOf = ({ language, size, theme }) =>
  ({ viewport: sizes[size], locale: locales[language], colorScheme: theme, timezoneId: "America/Los_Angeles", reducedMotion: "reduce" });

/** Stores a day with quiet stretches, changes and trouble. It returns the addresses of all pages. */
export async function furnish(url) {
  const request = await start(url, owner, 600);
  const day = [0, 0, 0, 0, 1, 2, 2, 2, 3, 1, 0, 0, 0, 0, 0, 0, 2, 1, 0];
  let id = "";
  for (const people of day) {
    id = await add(url, request, people ? `매장에 손님 ${people}분이 계십니다.` : "매장에 손님이 없습니다.", people);
  }
  for (let n = 0; n < 3; n++) { // the camera counts from the second picture on
    await api(url, "mutation ($id: ID!) { runNow(requestId: $id) { id } }", { id: request });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await api(url, "mutation ($id: ID!) { reportBriefing(briefingId: $id, wrong: true) { id } }", { id });
  const ended = await start(url, "쉬는 매장", 600);
  await add(url, ended, "매장에 손님이 없습니다.", 0);
  await api(url, "mutation { endBriefing(username: \"쉬는 매장\") { id } }");
  return {
    welcome: { path: "/", user: "" }, now: { path: "/" }, idle: { path: "/", user: "쉬는 매장" }, start: { path: "/start" },
    timeline: { path: "/timeline" }, briefing: { path: `/r/${request}/${id}` }, summary: { path: "/summary" },
    style: { path: "/style" }, requests: { path: "/requests" }, settings: { path: "/settings" },
    missing: { path: "/r/000000000000000000000000/000000000000000000000000" },
  };
}

/** Opens each page in one look and checks it. */
export async function visit(page, url, pages, look, save) {
  const faults = [];
  for (const [name, { path, user = owner }] of Object.entries(pages)) {
    await page.goto(`${url}/healthz`);
    await page.evaluate((n) => { localStorage.clear(); if (n) localStorage.setItem("bis.user", n); }, user);
    await page.goto(url + path, { waitUntil: "networkidle" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await save?.(`${name}-${look.name}`);
    faults.push(...(await wrong(page, look)).map((fault) => `${name} ${look.name}: ${fault}`));
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

async function wrong(page, { language }) {
  const faults = [];
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${wide} px too wide`);
  if (language === "en") faults.push(...await korean(page));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  for (const { id, impact, nodes } of violations) {
    if (impact === "serious" || impact === "critical") faults.push(`${id}: ${nodes.map((n) => n.html).join(" ").slice(0, 300)}`);
  }
  return faults;
}

// korean returns the Korean texts of a page, except names, captions and summaries.
async function korean(page) {
  const texts = await page.evaluate(() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.textContent.trim();
      if (/[가-힣]/.test(text) && !node.parentElement.closest("[lang], script, noscript")) found.push(text);
    }
    return found;
  });
  const own = /매장에|행복 아이스크림|쉬는 매장|한국어|브리핑 \d+건|^\p{Script=Hangul}+명/u;
  return texts.filter((text) => !own.test(text)).map((text) => `Korean: ${text}`);
}
