import { add, start, stored } from "../clients/api.mjs";
import { shows } from "./explorers.mjs";

// survives checks that an explorer follows a request through cuts and restarts. The explorer must
// show the briefings that are written during and after each of them. Each new socket must get every
// briefing from the first one on, because explorers do not move `after`.
export async function survives(page, explorer, server, proxy) {
  const requestId = await start(server.url, `breaks in ${explorer.name}`);
  const connections = listen(page);
  const pane = explorer.pane(page);
  const next = async (caption) => {
    await add(server.url, requestId, caption);
    await shows(pane, caption);
  };
  await explorer.run(page, `http://${proxy.host}`, `subscription { briefings(requestId: "${requestId}") { id caption } }`);
  await next("before any break");
  for (const [what, hurt] of [
    ["a cut", () => proxy.cut()],
    ["a restart", () => server.restart("SIGTERM")],
    ["another cut", () => proxy.cut()],
    ["a kill", () => server.restart("SIGKILL")],
  ]) {
    await hurt();
    await add(server.url, requestId, `written during ${what}`);
    await explorer.again?.(page);
    await shows(pane, `written during ${what}`);
    await next(`written after ${what}`);
  }
  const ids = (await stored(server.url, requestId)).map((briefing) => briefing.id);
  const heard = connections.filter((got) => got.length > 0);
  if (heard.length < 5) throw new Error(`${heard.length} connections brought briefings, want one more than breaks`);
  for (const got of heard) {
    if (got.some((id, i) => id !== ids[i])) throw new Error(`stored ${ids}, got ${got}`);
  }
  if (heard.at(-1).length !== ids.length) throw new Error(`stored ${ids}, got ${heard.at(-1)}`);
}

// listen collects the ids of the briefings that each socket of a page receives.
function listen(page) {
  const connections = [];
  page.on("websocket", (socket) => {
    const got = [];
    connections.push(got);
    socket.on("framereceived", ({ payload }) => {
      const briefing = JSON.parse(payload).payload?.data?.briefings;
      if (briefing) got.push(briefing.id);
    });
  });
  return connections;
}
