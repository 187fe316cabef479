#!/usr/bin/env bash
# Drives the server with the GraphQL clients that people use, unchanged. Installs what that needs, once.
set -euo pipefail
cd "$(dirname "$0")/.."

node=$(bash scripts/node.sh)
export PATH=$node:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bis" .
cd test/clients
# npm ci empties the folder first; what is there and matches the lock stays.
cmp -s package-lock.json node_modules/.installed 2>/dev/null ||
	{ npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.installed; }
# The tests wait more than they work, so they run side by side. What they say is told when one fails.
BIS_PROGRAM=$work/bis node --test --test-concurrency=8 --test-timeout=120000 --test-reporter=spec "$@" >"$work/said" 2>&1 ||
	{ cat "$work/said"; exit 1; }
grep '^ℹ' "$work/said"
