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

# sum is the sum of the generated files. The Brotli forms may differ between versions of Node, so
# packed checks instead that each unpacks to its file.
sum() {
	find src/graphql/types.ts src/graphql/documents.ts src/graphql/pageDocuments.ts dist -type f ! -name '*.br' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}

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

before=$(sum 2>/dev/null || true)
[ "${1:-}" != --check ] || packed
quietly npx graphql-codegen --config codegen.ts
if [ "${1:-}" = --check ]; then
	# Each of them uses one processor most of the time.
	{ quietly npx eslint . --max-warnings 0 && quietly npx tsc --noEmit; } &
	checks=$!
	said=$(NO_COLOR=1 npx vitest run 2>&1) || { printf '%s\n' "$said" >&2; kill $checks; exit 1; }
	grep -E '^ +(Test Files|Tests) ' <<<"$said" || true
	wait $checks
fi
quietly npx vite build
if [ "${1:-}" = --check ] && [ "$before" != "$(sum)" ]; then
	echo 'web/dist or web/src/graphql was not current: commit what scripts/web.sh wrote' >&2
	exit 1
fi
