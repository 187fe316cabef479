import { createServer } from "node:http";

// The lines that the model writes, by key. One of them says a number, so that the server refuses it.
const lines = {
  ko: {
    some: ["사장님, 현재 매장에 손님이 {people} 있습니다."], nobody: ["사장님, 현재 매장에 손님이 없습니다.", "손님 3명 없습니다."],
    more: ["지난 브리핑보다 {step} 늘었습니다."], fewer: ["지난 브리핑보다 {step} 줄었습니다."],
  },
  en: { some: ["Boss, {people} {is} in the shop now."], nobody: ["Boss, nobody is in the shop now.", "No 3 people here."] },
};

/** What the model says on each picture. */
export const onPicture = { description: "바닥이 깨끗합니다.", question: "연기가 나나요?" };

/**
 * Starts a model server on loopback that answers each question for the lines of a style. A status
 * other than 200 refuses all questions. `hold` lets questions wait until the function that it returns
 * is called. With `see`, which names the colours of three stripes in a picture, it describes pictures.
 */
export async function startModel({ status = 200 } = {}) {
  let held = Promise.resolve();
  let see;
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    await held;
    const send = (code, value) => { res.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(value)); };
    if (status !== 200) { send(status, { error: { message: "refused" } }); return; }
    if (!req.url.endsWith("/chat/completions")) { send(404, { error: { message: "no such path" } }); return; }
    const language = /LANGUAGE: English/.test(body) ? "en" : "ko";
    const picture = /data:image\/jpeg;base64,([A-Za-z0-9+/=]+)/.exec(body)?.[1];
    if (picture && !see) { send(400, { error: { message: "this model takes no images" } }); return; }
    const content = !picture ? JSON.stringify({ sheet: lines[language], counter: "명", numbers: "digits" })
      : body.includes("stripes") ? await see(picture) : JSON.stringify(onPicture);
    send(200, {
      id: "c", object: "chat.completion", model: "fake", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
      usage: { prompt_tokens: 1_500, completion_tokens: 120 },
    });
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    see(eyes) { see = eyes; },
    hold() {
      let release;
      held = new Promise((resolve) => { release = resolve; });
      return release;
    },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}

/**
 * Starts the models of a server: the first refuses its key, so that it pauses, and the second writes.
 * `env` has the settings that name them.
 */
export async function startModels() {
  const [first, second] = await Promise.all([startModel({ status: 401 }), startModel()]);
  return {
    second,
    env: {
      OPENAI_BASE_URL: first.url, OPENAI_API_KEY: "sk-first", OPENAI_MODEL: "first-model",
      OPENAI_FALLBACK_BASE_URL: second.url, OPENAI_FALLBACK_MODEL: "second-model",
    },
    stop: () => Promise.all([first.stop(), second.stop()]),
  };
}
