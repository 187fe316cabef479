// The samples of docs/clients.md are short, and work.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { startServer } from "../server.mjs";
import { commands, samples } from "./docs.mjs";

let server;
before(async () => (server = await startServer(process.env.BIS_PROGRAM)));
after(() => server.stop());

test("no helper is longer than 15 lines", () => {
  assert.ok(samples().size >= 8, `${samples().size} samples were found`);
  for (const [name, code] of samples()) {
    const lines = code.trimEnd().split("\n").length;
    assert.ok(lines <= 15, `${name} has ${lines} lines`);
  }
});

test("each command answers with data", async () => {
  assert.ok(commands().length >= 3, `${commands().length} commands were found`);
  for (const command of commands()) {
    const said = await run(command.replaceAll("127.0.0.1:8000", server.host));
    assert.match(said, /"data":/, command);
    assert.doesNotMatch(said, /"errors":/, command);
  }
});

// run runs a command until it ends or, if it streams, until its first briefing.
async function run(command) {
  const child = spawn("sh", ["-c", `exec ${command}`], { stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 });
  let said = "";
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.includes("event: next")) child.kill();
  }
  return said;
}
