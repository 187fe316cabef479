#!/usr/bin/env bash
# The whole gate. Each step is silent while all is well, but for the runners' closing lines.
set -euo pipefail
cd "$(dirname "$0")/.."
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL DATABASE_URI DATABASE_ID DATABASE_PASSWORD

step() { printf -- '-- %s\n' "$1"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

step 'tools'
command -v go >/dev/null || fail 'Go is missing: install Go 1.26 or newer from https://go.dev/dl/'
need() { # command, package: what only root can install
	command -v "$1" >/dev/null && return
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "$1 is missing: apt-get install -y $2"
	{ apt-get install -y "$2" || { apt-get update && apt-get install -y "$2"; }; } >/dev/null 2>&1 || fail "could not be installed: apt-get install -y $2"
}
need cc gcc # for the race detector
need curl curl # for the README's samples
need python3 python3 # for the database of the MongoDB store's tests
python3 -c 'import ensurepip' 2>/dev/null || need pip-of-python3 python3-venv
BIS_TEST_MONGOD=$(bash scripts/mongo.sh)
export BIS_TEST_MONGOD
bash scripts/node.sh >/dev/null # for the clients and the browser
go mod download

step 'format'
unformatted=$(git ls-files -- '*.go' | xargs gofmt -l)
[ -z "$unformatted" ] || fail "not formatted:" "$unformatted"

step 'vet'
go vet ./...
for tag in benchstub brokenstore otherclock; do go vet -tags "$tag" .; done

step 'staticcheck'
go tool staticcheck ./...

step 'generated code'
before=$(cat graph/*generated*.go graph/*_gen.go 2>/dev/null | sha256sum)
go tool gqlgen generate
[ "$before" = "$(cat graph/*generated*.go graph/*_gen.go 2>/dev/null | sha256sum)" ] || fail 'generated code was not current: commit what make generate wrote'

step 'modules'
go mod tidy -diff >/dev/null || fail 'go.mod or go.sum is not tidy: run go mod tidy'
go mod verify >/dev/null

step 'notices'
bash scripts/notices.sh --check

step 'benchmarks build'
(cd bench && go vet ./... && go mod tidy -diff >/dev/null) || fail 'bench/ does not build or its go.mod is not tidy'

step 'tests'
go test -race -timeout 15m $(go list ./... | grep -v '^bis$')
go test -run 'Demo|pasted' ./internal/pipeline/camera ./internal/pipeline/measure # all their seeds, for which the race detector is too slow
# By itself: these drive whole servers and a database against time, which the packages above would take from them.
go test -race -timeout 15m .

step 'clients'
bash scripts/clients.sh

step 'browser'
bash scripts/browser.sh
