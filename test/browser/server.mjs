import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// startServer runs the program on a free port and a folder of its own, and stops it by its id.
export async function startServer(program) {
  const data = mkdtempSync(join(tmpdir(), "bis-browser-"));
  const env = { PATH: process.env.PATH, HOME: data };
  const child = spawn(program, ["--addr", "127.0.0.1:0", "--data", data], { cwd: data, env, stdio: ["ignore", "pipe", "inherit"] });
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
  return {
    url,
    host: new URL(url).host,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
