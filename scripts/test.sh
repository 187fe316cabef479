#!/usr/bin/env bash
# Runs the whole gate, or only the named steps: make test STEP='vet unit'. A step without faults
# prints only the closing lines of its runners. Steps that leave a processor idle run in the
# background. At the end, even of a failed run, a table shows the time of each step, that of its
# processors, and what it installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/settings.sh
. scripts/installed.sh

all=(tools format vet staticcheck shape vulnerabilities generated modules notices bench hostile pixels unit e2e fuzz openapi clients web browser)

# These steps run in the background of the steps after them, unless one step is named. e2e and
# browser test promises of time, so the others have lower priorities.
aside=(pixels e2e fuzz openapi clients web)

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
		  hostile          hostile and honest documents, and what each costs a server
		  pixels           tests in which one goroutine computes, pixels or sentences, without the race detector
		  unit             all other packages, with the race detector
		  e2e              whole servers, with the race detector
		  fuzz             every fuzz target, 1 s each
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
	[hostile]='race' [unit]='race database video' [e2e]='race database curl' [openapi]='python' [clients]='node' [web]='node' [browser]='node'
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
# accesses takes two thirds of the time of the tests that use it. A package that instantiates generic
# code must not be left out: the linker may choose its copy for all others.
#
# Programs of tests need no symbols for a debugger, which take a third of the time of linking them.
# The step vet has checked more than go test would.
test=(-vet=off -ldflags=-w)
race=("${test[@]}" -race -timeout 30m '-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0' -gcflags=modernc.org/libc=-race=false)

# The race detector sleeps for a second at the end of each program, in case a goroutine goes on. The
# tests wait for the goroutines that they start.
export GORACE=atexit_sleep_ms=50

# The race detector slows loops over pixels down ten times. Tests in which one goroutine computes
# pixels run without it, and with all their seeds. So do tests of neural networks: it does not see
# their memory. Lists of sentences, and random facts in all styles, are tried by one goroutine, too.
# None of them measures time, so they use what the other steps leave of the processors.
pixels=(./internal/pipeline/blur ./internal/pipeline/measure ./internal/pipeline/onnx ./internal/pipeline/detect) camera=./internal/pipeline/camera drawn='^Test(Demo|DecodedBytes|Frame_of_a_large)'
worded=(./internal/pipeline/describe ./internal/pipeline/wording/...)
lists='^Test(Sheet_obeys|Describe_obeys|Describe_sends_a_picture|Check_shows|Check_refuses_false|BuiltIn_captions|BuiltIn_summaries|Written_captions)'
step_pixels() {
	nice -n 19 go test "${test[@]}" "${pixels[@]}"
	nice -n 19 go test "${test[@]}" -run "$drawn" "$camera"
	nice -n 19 go test "${test[@]}" -run "$lists" "${worded[@]}"
	[ -n "${BIS_TEST_STREET:-}" ] || echo 'NOT RUN: states on the frames of a real camera, see make states'
}

# The tests of the MongoDB store take longest, so they begin first. Those of the cameras mostly wait.
step_unit() {
	local code=0 waiting
	# It compiles the runtime of neural networks once for all tests, without the race detector.
	go test "${test[@]}" -count=1 -run '^TestNew_uses_only_a_sound_cache$' ./internal/pipeline/onnx >/dev/null || return 1
	go test "${race[@]}" -skip "$drawn" "$camera" &
	waiting=$!
	go test "${race[@]}" -skip "$lists" ./internal/store/mongo $(go list ./... | grep -v -e '^bis/test/e2e$' -e '^bis/test/hostile$' -e '^bis/internal/pipeline/blur$' -e '^bis/internal/pipeline/measure$' -e '^bis/internal/pipeline/onnx$' -e '^bis/internal/pipeline/detect$' -e '^bis/internal/pipeline/camera$') || code=$?
	wait $waiting || code=$?
	return $code
}

step_fuzz() { FUZZTIME=1s FUZZWORKERS=1 nice -n 12 bash scripts/fuzz.sh; }

# This step measures processor time, so it runs alone, before any step of the background. Its output
# is printed if it fails, its figures always.
step_hostile() {
	local said
	said=$(go test "${race[@]}" -v ./test/hostile) || { printf '%s\n' "$said"; return 1; }
	grep -E '^(hostile|honest|kept):' <<<"$said"
}

# This step mostly waits: for ticks, for servers that stop, for leases that expire.
step_e2e() { go test "${race[@]}" ./test/e2e; }

step_openapi() { nice -n 5 bash scripts/openapi.sh; }

step_clients() { nice -n 5 bash scripts/clients.sh; }

step_web() { nice -n 10 bash scripts/web.sh --check; }

step_browser() { bash scripts/browser.sh; }

table=() # name, seconds, processor seconds and installed packages of each finished step
name='' begun=0
BIS_INSTALLED=$(mktemp) # the packages that the current step installs, one per line
spent=$(mktemp)         # the processor seconds of the current step
export BIS_INSTALLED

# over ends the current step. Its argument is printed after the time.
over() {
	[ -n "$name" ] || return 0
	row "$name" $((SECONDS - begun)) "$(cat "$spent")" "$BIS_INSTALLED" "${1:-}"
	: >"$BIS_INSTALLED"
}
row() {
	[ -s "$4" ] || echo nothing >"$4"
	table+=("$(printf '%-18s %6d s %6d s  %-7s ' "$1" "$2" "$3" "$5")$(sed '2,$s/^/                                              /' "$4")")
}

# run_step runs the current step. All but tools have a subshell, which knows the processor time of
# its own children alone. tools sets variables for the steps after it.
run_step() {
	echo 0 >"$spent"
	if [ "$name" = tools ]; then
		step_tools
		return
	fi
	(
		trap 'spend "$spent"' EXIT
		"step_$name"
	)
}

# spend writes the processor seconds of this shell's ended children to a file.
spend() {
	times >"$1.times"
	awk -F '[ms ]+' 'END { print int($1 * 60 + $2 + $3 * 60 + $4) }' "$1.times" >"$1"
	rm "$1.times"
}

# begin_aside starts the current step in the background. end_aside waits for the step that was begun
# first, prints its output, and fails as it did.
begun_aside=()                       # the names of the steps in the background
declare -A aside_pid=() aside_in=() # their processes, and the folders with what they write
begin_aside() {
	local folder
	folder=$(mktemp -d)
	set -m # a process group of its own, so that all its processes can be ended together
	(
		trap 'spend "$folder/spent"; echo $((SECONDS - begun)) >"$folder/seconds"' EXIT
		BIS_INSTALLED=$folder/installed
		: >"$BIS_INSTALLED"
		"step_$name"
	) >"$folder/said" 2>&1 &
	aside_pid[$name]=$! aside_in[$name]=$folder
	set +m
	begun_aside+=("$name")
}
end_aside() {
	local code=0 one=${begun_aside[0]} folder=${aside_in[${begun_aside[0]}]}
	printf -- '-- %s, to its end\n' "$one"
	wait "${aside_pid[$one]}" || code=$?
	begun_aside=("${begun_aside[@]:1}")
	cat "$folder/said"
	row "$one" "$(cat "$folder/seconds")" "$(cat "$folder/spent")" "$folder/installed" "$([ $code = 0 ] || echo FAILED)"
	rm -rf "$folder"
	return $code
}

# report prints the table, even when a step has failed. Steps in the background are ended first.
report() {
	local code=$? one
	for one in "${begun_aside[@]}"; do
		kill -- "-${aside_pid[$one]}" 2>/dev/null || true # it may have ended
		wait "${aside_pid[$one]}" || true
		rm -rf "${aside_in[$one]}"
	done
	if [ $code = 0 ]; then over; else over FAILED; fi
	rm -f "$BIS_INSTALLED" "$spent"
	[ ${#table[@]} != 0 ] || return 0
	printf -- '-- %s\n%-18s %8s %8s  %-7s %s\n' 'what ran' step time processor '' installed
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
	if [ $# != 1 ] && [[ " ${aside[*]} " = *" $name "* ]]; then
		begin_aside
		continue
	fi
	run_step
	over
done
name=''
while [ ${#begun_aside[@]} != 0 ]; do end_aside; done
[ $# = 0 ] || [ "$*" = "${all[*]}" ] || echo 'not the whole gate: only the steps above ran'
