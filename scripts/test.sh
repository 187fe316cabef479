#!/usr/bin/env bash
# Runs the whole gate, or only the named steps: make test STEP='vet unit'. A step without faults
# prints only the closing lines of its runners. At the end, even of a failed run, a table shows the
# duration of each step and what it installed.
set -euo pipefail
cd "$(dirname "$0")/.."
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL DATABASE_URI DATABASE_ID DATABASE_PASSWORD

. scripts/installed.sh

all=(tools format vet staticcheck shape vulnerabilities generated modules notices bench unit hostile e2e fuzz openapi clients web browser)

usage() {
	cat <<-END
		make test                     the whole gate
		make test STEP='vet unit'     some of its steps, in the gate's order, with the tools that they need

		  tools            what the other steps need on this machine, pinned: the race detector's compiler, the database, ffmpeg, Node
		  format           gofmt
		  vet              go vet
		  staticcheck      staticcheck, as go.mod has it
		  shape            lengths of files and functions, width and share of comments
		  vulnerabilities  govulncheck, where its database can be reached
		  generated        graph/ is what gqlgen makes of the schema
		  modules          go.mod and go.sum are tidy and verified
		  notices          THIRD_PARTY_NOTICES names what is linked
		  bench            bench/ builds
		  unit             all packages but test/hostile and test/e2e, with the race detector but for pixels
		  fuzz             every fuzz target, 1 s each
		  hostile          hostile and honest documents, and what each costs a server
		  e2e              whole servers, with the race detector
		  openapi          the old endpoints against their OpenAPI document, by schemathesis
		  clients          stock GraphQL clients
		  web              the console: lint, types, tests, and web/dist is what its source gives
		  browser          pages in headless Chromium
	END
}

fail() { printf '%s\n' "$*" >&2; exit 1; }

# The tools that a step needs. A run of the whole gate installs all tools first, so that the table
# shows the needs of a fresh machine. A single step installs only its own.
declare -A needs=(
	[unit]='race database video' [hostile]='race' [e2e]='race database curl' [openapi]='python' [clients]='node' [web]='node' [browser]='node'
)

step_tools() {
	tool_race
	tool_curl
	tool_database
	tool_video
	tool_node
	go_modules
	(cd bench && go_modules bench/)
}

tool_race() { need cc gcc; } # the race detector's compiler

tool_curl() { need curl curl; } # for the README's samples

tool_python() {
	need python3 python3
	python3 -c 'import ensurepip' 2>/dev/null || need pip-of-python3 python3-venv
}

tool_database() { # of the MongoDB store's tests
	tool_python
	BIS_TEST_MONGOD=$(bash scripts/mongo.sh)
	export BIS_TEST_MONGOD
}

tool_video() { bash scripts/ffmpeg.sh >/dev/null; } # for cameras with H.264 and H.265

tool_node() { bash scripts/node.sh >/dev/null; } # for the clients and the browser

# need installs a package that only root can install. Its arguments are the command and the package
# that has it.
need() {
	command -v "$1" >/dev/null || apt_install "$2" || fail "$1 is missing: apt-get install -y $2"
}

step_format() {
	local unformatted
	unformatted=$(git ls-files -- '*.go' | xargs gofmt -l)
	[ -z "$unformatted" ] || fail 'not formatted:' "$unformatted"
}

step_vet() { go vet ./...; }

step_staticcheck() { go tool staticcheck ./...; }

step_shape() { go run ./test/shape; }

step_vulnerabilities() { bash scripts/vuln.sh; }

step_generated() {
	local before
	before=$(generated_sum)
	go tool gqlgen generate
	[ "$before" = "$(generated_sum)" ] || fail 'generated code was not current: commit what make generate wrote'
}
generated_sum() { cat graph/*generated*.go graph/*_gen.go 2>/dev/null | sha256sum; }

step_modules() {
	go mod tidy -diff >/dev/null || fail 'go.mod or go.sum is not tidy: run go mod tidy'
	go mod verify >/dev/null
}

step_notices() { bash scripts/notices.sh --check; }

step_bench() { (cd bench && go vet ./... && go mod tidy -diff >/dev/null) || fail 'bench/ does not build or its go.mod is not tidy'; }

# SQLite is C that was translated to Go. It is not ours to check, and checking its pointers and
# accesses takes two thirds of the time of the tests that use it.
race=(-race -timeout 15m '-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags=modernc.org/libc=-race=false)

# The race detector slows loops over pixels down ten times. Tests in which one goroutine computes
# pixels run without it, and with all their seeds. So do tests of neural networks: it does not see
# their memory.
step_unit() {
	local pixels=(./internal/pipeline/blur ./internal/pipeline/measure ./internal/pipeline/onnx ./internal/pipeline/detect) camera=./internal/pipeline/camera drawn='^Test(Demo|DecodedBytes|Frame_of_a_large)'
	go test "${race[@]}" $(go list ./... | grep -v -e '^bis/test/e2e$' -e '^bis/test/hostile$' -e '^bis/internal/pipeline/blur$' -e '^bis/internal/pipeline/measure$' -e '^bis/internal/pipeline/onnx$' -e '^bis/internal/pipeline/detect$' -e '^bis/internal/pipeline/camera$')
	go test "${race[@]}" -skip "$drawn" "$camera"
	go test -run "$drawn" "$camera"
	go test "${pixels[@]}"
	[ -n "${BIS_TEST_STREET:-}" ] || echo 'NOT RUN: states on the frames of a real camera, see make states'
}

step_fuzz() { FUZZTIME=1s bash scripts/fuzz.sh; }

# This step measures processor time, so it runs alone. Its output is printed if it fails, its
# figures always.
step_hostile() {
	local said
	said=$(go test "${race[@]}" -v ./test/hostile) || { printf '%s\n' "$said"; return 1; }
	grep -E '^(hostile|honest|kept):' <<<"$said"
}

# This step mostly waits: for ticks, for servers that stop, for leases that expire. So a run of the
# whole gate starts it in the background, and the steps after it run meanwhile.
step_e2e() { go test "${race[@]}" ./test/e2e; }

step_openapi() { bash scripts/openapi.sh; }

step_clients() { bash scripts/clients.sh; }

step_web() { bash scripts/web.sh --check; }

step_browser() { bash scripts/browser.sh; }

table=() # name, seconds and installed packages of each finished step
name='' begun=0
BIS_INSTALLED=$(mktemp) # the packages that the current step installs, one per line
export BIS_INSTALLED

# over ends the current step. Its argument is printed after the time.
over() {
	[ -z "$name" ] && return
	[ -s "$BIS_INSTALLED" ] || echo nothing >"$BIS_INSTALLED"
	table+=("$(printf '%-18s %6d s  %-7s ' "$name" $((SECONDS - begun)) "${1:-}")$(sed '2,$s/^/                                     /' "$BIS_INSTALLED")")
	: >"$BIS_INSTALLED"
}

# aside starts the current step in the background. await_aside waits for it, prints its output and
# fails as it did.
aside_name='' aside_begun=0 aside_pid='' aside_said=''
aside() {
	aside_name=$name aside_begun=$begun aside_said=$(mktemp)
	set -m # a process group of its own, so that all its processes can be ended together
	"step_$name" >"$aside_said" 2>&1 &
	aside_pid=$!
	set +m
}
await_aside() {
	local code=0
	[ -n "$aside_pid" ] || return 0
	name=$aside_name begun=$aside_begun
	printf -- '-- %s, to its end\n' "$name"
	wait "$aside_pid" || code=$?
	aside_pid=''
	cat "$aside_said"
	return $code
}

# report prints the table, even when a step has failed. A step in the background is ended first.
report() {
	local code=$?
	if [ -n "$aside_pid" ]; then
		kill -- "-$aside_pid" || true
		wait "$aside_pid" || true
	fi
	rm -f "$aside_said"
	if [ $code = 0 ]; then over; else over FAILED; fi
	rm -f "$BIS_INSTALLED"
	[ ${#table[@]} = 0 ] && return
	printf -- '-- %s\n%-18s %8s  %-7s %s\n' 'what ran' step time '' installed
	printf '%s\n' "${table[@]}"
	printf '%-18s %6d s\n' 'in all' $SECONDS
}
trap report EXIT

case ${1:-} in -h | --help | help) usage; exit ;; esac
for wanted in "$@"; do
	[[ " ${all[*]} " = *" $wanted "* ]] || { usage >&2; fail "there is no step $wanted"; }
done
command -v go >/dev/null || fail 'Go is missing: install Go 1.26 or newer from https://go.dev/dl/'
for name in "${all[@]}"; do
	[ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
	begun=$SECONDS
	printf -- '-- %s\n' "$name"
	if [ $# != 0 ]; then
		for tool in ${needs[$name]:-}; do "tool_$tool"; done
	fi
	if [ "$name" = e2e ] && [ $# = 0 ]; then
		aside
		continue
	fi
	"step_$name"
	over
done
name=''
if [ -n "$aside_pid" ]; then
	await_aside
	over
	name=''
fi
[ $# = 0 ] || [ "$*" = "${all[*]}" ] || echo 'not the whole gate: only the steps above ran'
