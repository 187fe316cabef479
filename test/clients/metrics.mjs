import { setTimeout as pause } from "node:timers/promises";

// gauge reads a gauge of the server's metrics, or polls until it has a value, because no event
// announces that.
export async function gauge(url, name, wanted = undefined) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const value = Number(text.match(new RegExp(`^${name} (\\S+)$`, "m"))[1]);
    if (wanted === undefined || value === wanted) return value;
    if (Date.now() > deadline) throw new Error(`${name} is ${value} and does not become ${wanted}`);
    await pause(20);
  }
}
