import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const page = fileURLToPath(new URL("../../docs/clients.md", import.meta.url));
const folder = fileURLToPath(new URL("./.docs", import.meta.url));

// samples are the JavaScript blocks of docs/clients.md by the file name in their first line.
export function samples() {
  const found = new Map();
  for (const [, code] of readFileSync(page, "utf8").matchAll(/^```js\n(.*?)^```$/gms)) {
    const name = code.match(/^\/\/ (\S+\.mjs)\b/)?.[1];
    if (!name || found.has(name)) throw new Error(`a sample of docs/clients.md has no name of its own:\n${code}`);
    found.set(name, code);
  }
  return found;
}

// commands are the curl commands of docs/clients.md.
export function commands() {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```sh\n(.*?)^```$/gms)];
  const lines = blocks.flatMap(([, code]) => code.replaceAll("\\\n", " ").split("\n"));
  return lines.filter((line) => line.startsWith("curl "));
}

// install writes the samples into a folder where their packages are found, and returns a function
// that loads one. It changes nothing but the server's address.
export function install(host) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, code] of samples()) writeFileSync(join(folder, name), code.replaceAll("127.0.0.1:8000", host));
  return (name) => import(join(folder, name));
}
