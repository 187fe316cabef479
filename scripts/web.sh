#!/usr/bin/env bash
# Builds the console: types from the schema, then web/dist from web/src. Both are committed. With
# --check it also lints, checks types and runs the tests, and fails if the committed files differ
# from the built ones.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh

node=$(bash scripts/node.sh)
export PATH=$node:$PATH
cd web
npm_install

# types is the sum of the files that are made of the schema.
types() { sha256sum src/graphql/types.ts src/graphql/documents.ts src/graphql/pageDocuments.ts; }

# The Brotli forms may differ between versions of Node, so packed checks that each unpacks to its
# file.
packed() {
	node -e '
		const { readFileSync } = require("node:fs"), { brotliDecompressSync } = require("node:zlib");
		const packed = process.argv.slice(1);
		for (const file of packed) {
			if (!brotliDecompressSync(readFileSync(file)).equals(readFileSync(file.slice(0, -3)))) throw new Error(`${file} unpacks to something else`);
		}
		if (packed.length === 0) throw new Error("web/dist has no Brotli files");
	' $(find dist -name '*.br')
}

quietly() { # prints the output of a command only if it fails
	local said
	said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
}

if [ "${1:-}" != --check ]; then
	quietly npx graphql-codegen --config codegen.ts
	quietly npx vite build
	exit
fi

packed
before=$(types)
quietly npx graphql-codegen --config codegen.ts
# Each of them uses one processor most of the time.
{ quietly npx eslint . --max-warnings 0 && quietly npx tsc --noEmit; } &
checks=$!
said=$(NO_COLOR=1 npx vitest run 2>&1) || { printf '%s\n' "$said" >&2; kill $checks 2>/dev/null || true; exit 1; }
grep -E '^ +(Test Files|Tests) ' <<<"$said" || true
wait $checks
# Other steps build programs with web/dist at the same time, so the new one gets a folder of its
# own.
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
quietly npx vite build --outDir "$built" --emptyOutDir
if [ "$before" != "$(types)" ] || ! diff -rq --exclude='*.br' dist "$built" >&2; then
	echo 'web/dist or web/src/graphql is not current: run scripts/web.sh and commit what it writes' >&2
	exit 1
fi
