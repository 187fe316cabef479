#!/usr/bin/env bash
# Tests the server with the GraphQL clients that people use, unchanged. Installs them once.
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
# The tests mostly wait, so they run in parallel. Their output is printed only if one fails.
BIS_PROGRAM=$work/bis node --test --test-concurrency=8 --test-timeout=120000 --test-reporter=spec "$@" >"$work/said" 2>&1 ||
	{ cat "$work/said"; exit 1; }
grep '^ℹ' "$work/said"
