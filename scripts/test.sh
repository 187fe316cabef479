#!/usr/bin/env bash
# The whole gate. Each step is silent while all is well, but for the runners' closing lines. At the end, also of a failed
# run, a table says how long each step took and what it installed.
set -euo pipefail
cd "$(dirname "$0")/.."
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL DATABASE_URI DATABASE_ID DATABASE_PASSWORD

. scripts/installed.sh

steps=() # name, seconds and what was installed, of each step that is over
name='' begun=0
BIS_INSTALLED=$(mktemp) # what the step under way installs, a line each
export BIS_INSTALLED

# over closes the step under way. Its argument is put behind the time.
over() {
	[ -z "$name" ] && return
	[ -s "$BIS_INSTALLED" ] || echo nothing >"$BIS_INSTALLED"
	steps+=("$(printf '%-18s %6d s  %-7s ' "$name" $((SECONDS - begun)) "${1:-}")$(sed '2,$s/^/                                     /' "$BIS_INSTALLED")")
	: >"$BIS_INSTALLED"
}
step() { over; name=$1 begun=$SECONDS; printf -- '-- %s\n' "$1"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# report prints the table, also when a step has failed.
report() {
	local code=$?
	if [ $code = 0 ]; then over; else over FAILED; fi
	rm -f "$BIS_INSTALLED"
	printf -- '-- %s\n%-18s %8s  %-7s %s\n' 'what ran' step time '' installed
	printf '%s\n' "${steps[@]}"
	printf '%-18s %6d s\n' 'in all' $SECONDS
}
trap report EXIT

step 'tools'
command -v go >/dev/null || fail 'Go is missing: install Go 1.26 or newer from https://go.dev/dl/'
need() { # command, package: what only root can install
	command -v "$1" >/dev/null || apt_install "$2" || fail "$1 is missing: apt-get install -y $2"
}
need cc gcc # for the race detector
need curl curl # for the README's samples
need python3 python3 # for the database of the MongoDB store's tests
python3 -c 'import ensurepip' 2>/dev/null || need pip-of-python3 python3-venv
BIS_TEST_MONGOD=$(bash scripts/mongo.sh)
export BIS_TEST_MONGOD
bash scripts/node.sh >/dev/null # for the clients and the browser
go_modules
(cd bench && go_modules bench/)

step 'format'
unformatted=$(git ls-files -- '*.go' | xargs gofmt -l)
[ -z "$unformatted" ] || fail "not formatted:" "$unformatted"

step 'vet'
go vet ./...

step 'staticcheck'
go tool staticcheck ./...

step 'vulnerabilities'
bash scripts/vuln.sh

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
go test -race -timeout 15m $(go list ./... | grep -v '^bis/test/e2e$')
go test -run 'Demo|pasted' ./internal/pipeline/camera ./internal/pipeline/measure # all their seeds, for which the race detector is too slow
# By itself: these drive whole servers and a database against time, which the packages above would take from them.
go test -race -timeout 15m ./test/e2e

step 'clients'
bash scripts/clients.sh

step 'browser'
bash scripts/browser.sh
