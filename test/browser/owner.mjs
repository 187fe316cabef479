// What the stories of owners share: calls beside the page, and the keyboard as the only device.

/** A phone of an owner who travels: the page runs in Los Angeles, the shop is in Seoul. */
export const phone = { viewport: { width: 360, height: 740 }, locale: "ko-KR", timezoneId: "America/Los_Angeles" };

const patience = 60; // seconds for what must happen at some time, also on a slow machine that is busy

/** Calls the GraphQL API beside the page. */
export async function api(url, query, variables) {
  const res = await fetch(`${url}/graphql`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await res.json();
  if (errors) throw Object.assign(new Error(JSON.stringify(errors)), { code: errors[0].extensions?.code });
  return data;
}

/** The day of a moment in the shop, which is in Seoul. */
export const dayOf = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Seoul" }).format(new Date(at));

/**
 * The last minute that is over: its day in the shop, and up to 60 moments in it. Briefings there
 * are of one day and one hour, whenever the story runs.
 */
export function pastMinute() {
  const begin = (Math.floor(Date.now() / 60_000) - 1) * 60_000;
  return { day: dayOf(begin), at: (n) => new Date(begin + n * 1_000).toISOString() };
}

/**
 * The page on which the briefings of a request arrive: the day's, unless the day is about to end.
 */
export const watching = (request) =>
  (dayOf(Date.now() + 10 * 60_000) === dayOf(Date.now()) ? "/timeline" : `/r/${request}`);

const started = []; // the users with briefings, and their servers

/** Notes a user whose briefings a page starts, so that they end with the story. */
export function joins(url, username) {
  started.push({ url, username });
}

/** Starts briefings for an hour and returns the request's id. */
export async function start(url, username, interval) {
  joins(url, username);
  const endTime = new Date(Date.now() + 3_600_000).toISOString();
  const input = { username, interval, endTime };
  return (await api(url, "mutation ($input: StartBriefingInput!) { startBriefing(input: $input) { id } }", { input })).startBriefing.id;
}

/**
 * Ends the briefings that the stories before have started on a server. All users share one camera,
 * which keeps its last pictures alone, so many requests take them away before a page has read them.
 */
export async function rest(url) {
  const mine = started.filter((one) => one.url === url);
  for (const { username } of mine) {
    started.splice(started.findIndex((one) => one.url === url && one.username === username), 1);
    await api(url, "mutation ($u: String!) { endBriefing(username: $u) { id } }", { u: username }).catch(() => {}); // deleted meanwhile
  }
}

/**
 * Runs a request now, beside the page, and returns these fields of the briefing. An owner may do so
 * ten times at once, and then waits.
 */
export const run = (url, request, fields = "id") => until("a run", () =>
  api(url, `mutation ($id: ID!) { runNow(requestId: $id) { ${fields} } }`, { id: request })
    .then(({ runNow }) => runNow, (err) => {
      if (err.code !== "RATE_LIMITED") throw err;
      return new Promise((resolve) => setTimeout(() => { resolve(false); }, 1_000));
    }));

/**
 * Waits until a dialog is open, has the focus and has its entry in the history. Before that it does
 * not hear the keyboard.
 */
export async function opened(page, role) {
  await page.getByRole(role).waitFor();
  await page.waitForFunction((name) => document.querySelector(`[role=${name}]`)?.contains(document.activeElement) && history.state === "dialog", role);
}

/**
 * Waits until no dialog is open and none has an entry in the history. A dialog that closes goes back
 * by its entry a moment after it is gone.
 */
export async function closed(page) {
  await page.waitForFunction(() => !document.querySelector("[role=dialog], [role=alertdialog]") && history.state !== "dialog")
    .catch((err) => { throw new Error(`a dialog is open, or has left its entry: ${err.message}`); });
}

/**
 * Opens an address, as an owner does who waits until a dialog is closed. The dialog's way back would
 * abort a navigation that has begun, or lead away from its page. One that is aborted all the same is
 * repeated once.
 */
export async function open(page, address) {
  await closed(page);
  await page.goto(address).catch(async (err) => {
    if (!err.message.includes("net::ERR_ABORTED")) throw err;
    await page.goto(address);
  });
}

/** Signs in beside the page and opens it in a language. */
export async function become(page, url, user, path, language = "ko") {
  await api(url, "mutation ($u: String!) { login(username: $u) { outcome } }", { u: user });
  await page.addInitScript(([name, words]) => {
    localStorage.setItem("bis.user", name);
    localStorage.setItem("bis.language", words);
  }, [user, language]);
  await open(page, url + path);
}

/**
 * Starts briefings for a user of the story's own and opens a page as that user. The path may be a
 * function of the request's id.
 */
export async function begin(page, url, user, path = "/", interval = 1) {
  const id = await start(url, user, interval);
  await page.addInitScript((name) => localStorage.setItem("bis.user", name), user);
  await open(page, url + (typeof path === "function" ? path(id) : path));
  return id;
}

/** Waits until the first page shows that briefings go on, at this interval in words. */
export async function going(page, interval) {
  await page.getByRole("button", { name: "끝내기" }).waitFor();
  await page.getByText(new RegExp(`^${interval}마다`)).waitFor();
}

/** Adds a briefing from outside, of now or of another moment, and returns its id. */
export async function add(url, requestId, caption, people, at) {
  const input = { requestId, caption, at, counts: [{ name: "person", count: people }] };
  return (await api(url, "mutation ($input: AddBriefingInput!) { addBriefing(input: $input) { id } }", { input })).addBriefing.id;
}

/**
 * Moves the focus to an element by Tab, and by an arrow key within a group that has one tab stop.
 * It waits while the element is disabled. A dialog that opens or closes may move the focus once
 * more, so it must stay for two frames.
 */
export async function reach(page, target) {
  await target.waitFor();
  const end = Date.now() + patience * 1_000;
  for (let n = 0; n < 150 || Date.now() < end; n++) {
    const where = await target.evaluate(async (el) => {
      const there = () => el.isConnected && el === document.activeElement;
      if (el.disabled || el.ariaDisabled === "true") return { isDisabled: true };
      if (there()) {
        await new Promise((resolve) => {
          requestAnimationFrame(() => { requestAnimationFrame(resolve); });
          setTimeout(resolve, 500); // a page in the background draws no frames
        });
      }
      const group = el.closest("[role=group], [role=radiogroup]");
      return { there: there(), beside: el.tabIndex < 0 && group !== document.activeElement && group?.contains(document.activeElement) };
    });
    if (where.there) return;
    if (where.isDisabled) await new Promise((resolve) => setTimeout(resolve, 100));
    else await page.keyboard.press(where.beside ? "ArrowRight" : "Tab");
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

/** Presses a button or follows a link by the keyboard. */
export async function press(page, target, key = "Enter") {
  await reach(page, target);
  await page.keyboard.press(key);
}

/** Types into a field by the keyboard, in place of what it has. */
export async function type(page, target, text) {
  await reach(page, target);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Waits until f returns a value that is not false. */
export async function until(what, f) {
  const end = Date.now() + patience * 1_000;
  for (;;) {
    const value = await f();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${patience} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
