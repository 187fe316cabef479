#!/usr/bin/env bash
# Drives the server with the GraphQL clients that people use, unchanged. Installs what that needs, once.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh

node=$(bash scripts/node.sh)
export PATH=$node:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bis" .
cd test/clients
npm_install
# The tests wait more than they work, so they run side by side. What they say is told when one fails.
BIS_PROGRAM=$work/bis node --test --test-concurrency=8 --test-timeout=120000 --test-reporter=spec "$@" >"$work/said" 2>&1 ||
	{ cat "$work/said"; exit 1; }
grep '^ℹ' "$work/said"
