#!/usr/bin/env bash
# Opens the server's pages in headless Chromium. Installs what that needs, once.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { printf '%s\n' "$*" >&2; exit 1; }

node=$(bash scripts/node.sh)
export PATH=$node:$PATH
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ]; then
	install='apt-get install -y --no-install-recommends chromium'
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "Chromium is missing: $install"
	{ $install || { apt-get update && $install; }; } >/dev/null 2>&1 || fail "Chromium could not be installed by: $install"
	chromium=$(command -v chromium)
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bis" .
cd test/browser
# npm ci empties the folder first; what is there and matches the lock stays.
cmp -s package-lock.json node_modules/.installed 2>/dev/null ||
	{ npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.installed; }
node check.mjs "$work/bis" "$chromium"
