import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { defineConfig } from "vitest/config";

// The name of the offline shell changes with each build, so that files of old builds are removed.
const shellName = (out: string) => {
  const version = createHash("sha256").update(readFileSync(`${out}/index.html`)).digest("hex").slice(0, 12);
  writeFileSync(`${out}/sw.js`, readFileSync(`${out}/sw.js`, "utf8").replace("bis-shell-1", `bis-shell-${version}`));
};

let out = ""; // the folder of the build

// Writes each script and style once more in Brotli, which the server sends to browsers that accept it.
const brotli = {
  name: "brotli",
  apply: "build",
  configResolved(config: { build: { outDir: string } }) {
    out = config.build.outDir;
  },
  closeBundle() {
    shellName(out);
    for (const name of readdirSync(`${out}/assets`).filter((n) => /\.(js|css)$/.test(n))) {
      const path = `${out}/assets/${name}`;
      writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
    }
  },
} as const;

export default defineConfig({
  plugins: [react(), brotli],
  // The server replaces this word by a new nonce in each answer.
  html: { cspNonce: "__NONCE__" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    license: { fileName: "licenses.txt" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the first screen needs comes in two files: the libraries, and the console's own code.
        codeSplitting: {
          groups: [
            { name: "base", test: /node_modules\/(react|react-dom|scheduler|urql|@urql|@0no-co|wonka|graphql-ws|i18next|react-i18next|html-parse-stringify|void-elements|wouter|regexparam|use-sync-external-store)\// },
            { name: "shared", test: /src\/(hooks\/(use(Connection|ErrorText|Live|Now|Theme|Toast|User)|lastState|storage|clean|composition)|i18n\/(index|ko|format)|graphql\/(?!page)\w+)\b|src\/components\/(Answer|Bones|CameraLine|DegradedTag|Icon|LiveState|Nav|Note|Page|Shot|Strip|ticks)\.|rolldown-runtime|vite\/preload/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/graphql": { target: "http://127.0.0.1:8000", ws: true } } },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // A busy machine may need most of it. A wait within a test is shorter; see src/test/setup.ts.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
