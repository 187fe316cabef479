// An end time an hour ahead: a wall-clock time might be the minute that has begun.
const later = () => new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");

const subscription = (user) =>
  `subscription { startBriefing(input: {username: "${user}", interval: 1, endTime: "${later()}"}) { at caption } }`;
const query = `{ custom(username: "browser") }`;

// twoBriefings waits until a result pane has shown two different moments.
async function twoBriefings(page, pane) {
  const seen = new Set();
  const deadline = Date.now() + 60_000;
  while (seen.size < 2) {
    if (Date.now() > deadline) throw new Error(`${seen.size} briefings arrived; the pane says ${await pane.innerText()}`);
    for (const m of (await pane.innerText()).matchAll(/"at":\s*"([^"]+)"/g)) seen.add(m[1]);
    await page.waitForTimeout(100);
  }
}

// shows waits for a text in a pane.
export async function shows(pane, text) {
  await pane.filter({ hasText: text }).first().waitFor();
}

// write replaces the text of an editor. Both explorers use CodeMirror, whose own input is hidden.
async function write(page, editor, text) {
  await editor.first().waitFor();
  await editor.first().evaluate((el, value) => el.CodeMirror.setValue(value), text);
  await page.waitForTimeout(300); // the explorer gets the text by a debounced event
}

async function signIn(page, url) {
  await page.request.post(`${url}/login`, { form: { username: "browser" } });
}

const graphiql = {
  name: "GraphiQL",
  // run opens the page and runs a document; pane shows its results.
  async run(page, url, document) {
    await page.goto(`${url}/graphiql`);
    await write(page, page.locator(".graphiql-query-editor .CodeMirror"), document);
    await page.locator(".graphiql-execute-button").click();
  },
  pane: (page) => page.locator(".result-window"),
  stories: {
    "shows the schema": async (page, url) => {
      await page.goto(`${url}/graphiql`);
      await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
      await shows(page.locator(".graphiql-doc-explorer"), "Subscription");
    },
    "runs a query": async (page, url) => {
      await signIn(page, url);
      await graphiql.run(page, url, query);
      await shows(graphiql.pane(page), "간단명료하게 말해줘");
    },
    "streams a subscription": async (page, url) => {
      await graphiql.run(page, url, subscription("graphiql"));
      await twoBriefings(page, graphiql.pane(page));
    },
  },
};

const playground = {
  name: "Playground",
  async run(page, url, document) {
    await page.goto(`${url}/playground`);
    await write(page, page.locator(".CodeMirror"), document);
    await page.locator('[title^="Execute"]').click();
  },
  // again is the user's action after a break: Playground reports the break and stops. The report of
  // an earlier break stays on the page, so the end of "Listening …" tells that this one was
  // noticed. Until then the same button would stop the request.
  async again(page) {
    await page.getByText("Listening …", { exact: true }).waitFor({ state: "hidden" });
    await shows(playground.pane(page), "Could not connect to websocket endpoint");
    await page.locator('[title^="Execute"]').click();
  },
  pane: (page) => page.locator("#root"),
  stories: {
    "shows the schema": async (page, url) => {
      await page.goto(`${url}/playground`);
      await page.getByText("Docs", { exact: true }).first().click();
      await shows(page.locator("body"), "startBriefing");
    },
    "has no share button": async (page, url) => {
      await page.goto(`${url}/playground`);
      await page.locator(".CodeMirror").first().waitFor();
      for (const label of ["Share Playground", "Share"]) {
        for (const button of await page.getByText(label, { exact: true }).all()) {
          if (await button.isVisible()) throw new Error(`"${label}" is visible`);
        }
      }
    },
    "runs a query": async (page, url) => {
      await signIn(page, url);
      await playground.run(page, url, query);
      await shows(playground.pane(page), "간단명료하게 말해줘");
    },
    "streams a subscription": async (page, url) => {
      await playground.run(page, url, subscription("playground"));
      await twoBriefings(page, playground.pane(page));
    },
  },
};

export const explorers = [graphiql, playground];
