// What the stories of owners share: calls beside the page, and the keyboard as the only device.

/** A phone of an owner who travels: the page runs in Los Angeles, the shop is in Seoul. */
export const phone = { viewport: { width: 360, height: 740 }, locale: "ko-KR", timezoneId: "America/Los_Angeles" };

/** Calls the GraphQL API beside the page. */
export async function api(url, query, variables) {
  const res = await fetch(`${url}/graphql`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await res.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

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
 * Waits until no dialog is open and none has an entry in the history. A dialog that closes goes back
 * by its entry a moment after it is gone.
 */
export async function closed(page) {
  await page.waitForFunction(() => !document.querySelector("[role=dialog], [role=alertdialog]") && history.state !== "dialog", null, { timeout: 15_000 })
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

/** Starts briefings for a user of the story's own and opens a page as that user. */
export async function begin(page, url, user, path = "/", interval = 1) {
  const id = await start(url, user, interval);
  await page.addInitScript((name) => localStorage.setItem("bis.user", name), user);
  await open(page, url + path);
  return id;
}

/** Adds a briefing from outside and returns its id. */
export async function add(url, requestId, caption, people) {
  const input = { requestId, caption, counts: [{ name: "person", count: people }] };
  return (await api(url, "mutation ($input: AddBriefingInput!) { addBriefing(input: $input) { id } }", { input })).addBriefing.id;
}

/** Moves the focus to an element by Tab, and by an arrow key within a group that has one tab stop. */
export async function reach(page, target) {
  await target.waitFor();
  for (let n = 0; n < 150; n++) {
    const where = await target.evaluate((el) => {
      const focused = document.activeElement;
      const group = el.closest("[role=group], [role=radiogroup]");
      return { there: el === focused, beside: el.tabIndex < 0 && group !== focused && group?.contains(focused) };
    });
    if (where.there) return;
    await page.keyboard.press(where.beside ? "ArrowRight" : "Tab");
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

/** Waits until f returns a value that is not false, for at most so many seconds. */
export async function until(what, f, seconds = 15) {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await f();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
