import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// startServer runs the program on a free port and a folder of its own. A restart uses the same port
// and, unless it is an empty one, the same folder. Tests call more often than any owner does, so they lift the limits by default. `env` has
// more settings.
export async function startServer(program, { limits = "off", env = {} } = {}) {
  const data = mkdtempSync(join(tmpdir(), "bis-test-"));
  let running = await launch(program, data, 0, limits, env);
  const { url } = running;
  // A server must not outlive a test that dies.
  process.on("exit", () => running.child.kill("SIGKILL"));
  const end = async (signal) => {
    running.child.kill(signal);
    await running.exited;
  };
  return {
    url,
    host: new URL(url).host,
    end,
    async restart(signal, { limits: next = limits, empty = false } = {}) {
      await end(signal);
      if (empty) for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true, force: true });
      running = await launch(program, data, new URL(url).port, next, env);
    },
    async stop() {
      await end("SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// launch starts the program and waits until it prints its address.
async function launch(program, data, port, limits, more) {
  const env = { PATH: process.env.PATH, HOME: data, BIS_LIMITS: limits, TZ: "UTC", ...more };
  const args = ["--addr", `127.0.0.1:${port}`, "--data", data, "--log-level", "warn"];
  const child = spawn(program, args, { cwd: data, env, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const url = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) resolve(found[0]);
    });
    exited.then(([code]) => reject(new Error(`the program ended with ${code}`)));
  });
  return { child, exited, url };
}
