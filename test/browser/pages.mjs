// Visits every page of the console in both languages and two sizes. Each page is checked in the light
// and then in the dark theme, which a device may change at any time. It must show what it is for and
// no trouble. Nothing may be wider than the screen, axe must find nothing
// serious, and an English page has no Korean words but the owner's. Each visit leaves a picture.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { own as camera, watch } from "./cameras.mjs";
import { add, api, dayOf, run, start } from "./owner.mjs";
import { styled } from "./words.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1280, height: 800 } };
const locales = { ko: "ko-KR", en: "en-US" };
const owner = "행복 아이스크림";
const resting = "쉬는 매장";
const chain = "여러 매장";
const names = ["홀", "뒷문", "내 폰"];

const themes = ["light", "dark"];
const colours = ["color-contrast", "link-in-text-block"]; // what a theme can change, of axe's rules

/** Every combination of language and size. */
export const looks = Object.keys(locales).flatMap((language) =>
  Object.keys(sizes).map((size) => ({ name: `${language}-${size}`, language, size })));

/** The options of a browser's context for a look. */
export const deviceOf = ({ language, size }) =>
  ({ viewport: sizes[size], locale: locales[language], timezoneId: "America/Los_Angeles", reducedMotion: "reduce" });

/**
 * Stores a day with quiet stretches, changes and trouble. It returns all pages: the address, the
 * name on the device, a part that must be there, and the part to press first.
 */
export async function furnish(url) {
  const request = await start(url, owner, 600);
  const day = [0, 0, 0, 0, 1, 2, 2, 2, 3, 1, 0, 0, 0, 0, 0, 0, 2, 1, 0];
  const ids = [];
  for (const people of day) {
    ids.push(await add(url, request, people ? `매장에 손님 ${people}분이 계십니다.` : "매장에 손님이 없습니다.", people));
  }
  let today; // of the last briefings, because the visits may last beyond the day
  for (let n = 0; n < 3; n++) { // the camera counts from the second picture on
    today = dayOf((await run(url, request, "at")).at);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await api(url, "mutation ($id: ID!) { reportBriefing(briefingId: $id, wrong: true) { id } }", { id: ids[8] });
  const ended = await start(url, resting, 600);
  await add(url, ended, "매장에 손님이 없습니다.", 0);
  await api(url, "mutation ($u: String!) { endBriefing(username: $u) { id } }", { u: resting });
  const { hall, door, device, date } = await furnishCameras(url);
  const missing = "0".repeat(24);
  return {
    welcome: { path: "/", user: "", has: "#name" },
    now: { path: "/", has: ".answer" },
    end: { path: "/", press: ".row .btn.bad", has: "[role=alertdialog]" },
    extend: { path: "/", press: ".row .btn:nth-child(2)", has: "[role=dialog] input" },
    idle: { path: "/", user: resting, has: ".again" },
    start: { path: "/start", has: "#until" },
    timeline: { path: `/timeline?date=${today}`, has: ".list .line" },
    fold: { path: `/r/${request}`, press: ".line.fold", has: ".line.fold[aria-expanded=true]" },
    briefing: { path: `/r/${request}/${ids[8]}`, has: ".answer .tag.bad" },
    wrong: { path: `/r/${request}/${ids[4]}`, press: ".btn.wide", has: "#wrong-note" },
    summary: { path: "/summary", has: ".said" },
    "summary-of": { path: `/r/${ended}/summary`, has: ".said" },
    style: { path: "/style", has: ".stylelines" },
    preview: { path: "/style", press: ".compare .btn", has: ".compare .new" },
    requests: { path: "/requests", has: "article.card" },
    settings: { path: "/settings", has: "dl.pairs" },
    delete: { path: "/settings", press: ".btn.bad", has: "#remove-name" },
    several: { path: `/?camera=${hall}`, user: chain, has: ".watched[aria-pressed=true]" },
    "start-camera": { path: `/start?camera=${hall}`, user: chain, has: "#camera" },
    "timeline-camera": { path: `/timeline?camera=${hall}&date=${date}`, user: chain, has: ".list .line" },
    "no-cameras": { path: "/cameras", has: ".note .btn" },
    cameras: { path: "/cameras", user: chain, has: ".camera-card" },
    "camera-new": { path: "/cameras/new", user: chain, has: "#camera-host" },
    camera: { path: `/cameras/${hall}`, user: chain, has: "nav.card .entry" },
    "camera-test": { path: `/cameras/${hall}/edit`, user: chain, press: ".actions .btn.go", has: ".tested img" },
    "camera-refused": { path: `/cameras/${door}/edit`, user: chain, press: ".actions .btn.go", has: ".tested" },
    "camera-delete": { path: `/cameras/${door}`, user: chain, press: ".btn.bad", has: "[role=alertdialog]" },
    areas: { path: `/cameras/${hall}/areas`, user: chain, press: ".area .name", has: ".corner" },
    zones: { path: `/cameras/${hall}/areas`, user: chain, press: ".options [role=radio]:nth-of-type(2)", has: ".area.zone .field" },
    privacy: { path: `/cameras/${hall}/privacy`, user: chain, press: ".provider .link", has: ".leaves img" },
    phone: { path: `/cameras/${device}/phone`, user: chain, has: ".sending" },
    "no-camera": { path: `/cameras/${missing}`, user: chain, has: ".note" },
    missing: { path: `/r/${missing}/${missing}`, has: ".note" },
  };
}

/**
 * Stores a style that a model has written, and briefings in it, on a server with two models. It
 * returns the pages that show them.
 */
export async function furnishWords(url) {
  await styled(url, owner, ["공손하게 말해줘"]);
  await camera(url, owner, names[0], { egress: [{ provider: "api.example.com", egress: "BLURRED" }] });
  const request = await start(url, owner, 600);
  let last;
  for (let n = 0; n < 3; n++) { // the camera counts from the second picture on
    last = (await run(url, request)).id;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return {
    sheet: { path: "/style", press: ".more-of button", has: ".quotes .lines" },
    samples: { path: "/style", press: ".compare .btn", has: ".samples li" },
    models: { path: "/settings/models", has: ".facts dl.pairs" },
    "models-days": { path: "/settings/models", press: ".more-of button", has: ".quotes time" },
    why: { path: `/r/${request}/${last}`, has: ".why ol" },
  };
}

// furnishCameras stores the cameras of one more owner: one with masks and a choice of what leaves, one
// that does not answer, and a phone. Two are watched, the first one on this date.
async function furnishCameras(url) {
  const masks = [{ points: [{ x: 0.05, y: 0.1 }, { x: 0.35, y: 0.1 }, { x: 0.35, y: 0.5 }, { x: 0.05, y: 0.6 }] }];
  const zones = [{ name: names[0], polygon: { points: [{ x: 0.5, y: 0.5 }, { x: 0.9, y: 0.5 }, { x: 0.8, y: 0.9 }] } }];
  const hall = await camera(url, chain, names[0], { masks, zones, egress: [{ provider: "api.example.com", egress: "BLURRED" }], keepFrames: "LAST" });
  const door = await camera(url, chain, names[1], { source: "http://127.0.0.1:9/snapshot.jpg" });
  const device = await camera(url, chain, names[2], { source: "push:" });
  const dates = [];
  for (const id of [hall, door]) {
    const request = await watch(url, chain, id);
    for (let n = 0; n < 2; n++) {
      dates.push(dayOf((await run(url, request, "at")).at));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
  return { hall, door, device, date: dates[1] };
}

/** Opens each page in one look and checks it in both themes. */
export async function visit(page, url, pages, look, save) {
  const faults = [];
  for (const [name, { path, user = owner, press, has }] of Object.entries(pages)) {
    await page.goto(`${url}/healthz`);
    await page.evaluate((n) => { localStorage.clear(); if (n) localStorage.setItem("bis.user", n); }, user);
    await page.goto(url + path, { waitUntil: "networkidle" });
    if (press) await page.locator(press).first().click();
    await page.locator(has).first().waitFor().catch(() => { faults.push(`${name} ${look.name}: no ${has}`); });
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`html[data-theme=${theme}]`).waitFor();
      await save?.(`${name}-${look.name}-${theme}`);
      faults.push(...(await wrong(page, look, theme)).map((fault) => `${name} ${look.name} ${theme}: ${fault}`));
    }
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

async function wrong(page, { language }, theme) {
  const faults = [];
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`${wide} px too wide`);
  for (const text of await page.locator("[role=alert]").allInnerTexts()) {
    if (text.trim()) faults.push(`shows trouble: ${text}`);
  }
  if (language === "en") faults.push(...(await korean(page)).map((text) => `Korean: ${text}`));
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => axe.run({ resultTypes: ["violations"], ...rules }), theme === themes[0] ? {} : { runOnly: colours });
  for (const { id, impact, nodes } of violations) {
    if (impact === "serious" || impact === "critical") faults.push(`${id}: ${nodes.map((n) => n.html).join(" ").slice(0, 300)}`);
  }
  return faults;
}

// What an owner has written, or a briefing has said, stays Korean.
const own = new RegExp(`${owner}|${resting}|${chain}|${names.join("|")}|한국어로 말해줘|한국어|공손하게 말해줘|간단명료하게 말해줘`, "g");

// korean returns the Korean texts of a page, also those for screen readers.
async function korean(page) {
  const texts = await page.evaluate(() => {
    const said = ".say, .said, .compare p, q, main [lang], .slots, .line:not(.fold) .words, .hidden[aria-live], script, noscript";
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (!node.parentElement.closest(said)) found.push(node.textContent);
    }
    for (const el of document.body.querySelectorAll("[aria-label], [placeholder], [alt], [title]")) {
      if (el.matches("img.shot, .shot img")) continue; // its text has the caption
      for (const name of ["aria-label", "placeholder", "alt", "title"]) found.push(el.getAttribute(name) ?? "");
    }
    return found;
  });
  return texts.map((text) => text.trim()).filter((text) => /[가-힣]/.test(text.replaceAll(own, "")));
}
