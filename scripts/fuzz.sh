#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME, one after the other, or only the named ones: scripts/fuzz.sh
# FuzzEndTime. FUZZWORKERS processes try inputs, by default one for each processor. If FUZZCACHE is
# set, inputs that reach new code are stored there. An input that fails is written below
# testdata/fuzz of its package. Commit it with the repair, so that every run of the tests tries it
# again.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-60s} workers=${FUZZWORKERS:-$(nproc)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cache=$work/cache
[ -z "${FUZZCACHE:-}" ] || { mkdir -p "$FUZZCACHE" && cache=$(cd "$FUZZCACHE" && pwd); }

# try runs one target of the program that was built last.
try() {
	# Over sockets one input reaches different code each time, and shortening inputs would need most
	# of the time.
	(cd "$1" && "$work/program" -test.run='^$' -test.fuzz="^$2\$" -test.fuzztime="$time" -test.fuzzminimizetime=10x \
		-test.parallel="$workers" \
		-test.fuzzcachedir="$cache/$1") >"$work/said" 2>&1
}

targets=0 inputs=0 built=
while IFS=: read -r file line; do
	name=${line#func } folder=$(dirname "$file")
	[ $# = 0 ] || [[ " $* " = *" $name "* ]] || continue
	[ "$built" = "$folder" ] || go test -c -vet=off -ldflags=-w -fuzz=. -o "$work/program" "./$folder"
	built=$folder
	if ! try "$folder" "$name"; then
		# The end of the time is sometimes reported as a failure: https://go.dev/issue/48591. A real
		# failure has written its input.
		if grep -q 'Failing input written' "$work/said" || ! grep -q 'context deadline exceeded' "$work/said" || ! try "$folder" "$name"; then
			cat "$work/said"
			printf '%s: %s fails\n' "$folder" "$name" >&2
			exit 1
		fi
	fi
	# A target that ends within its first second may print no "execs:" line.
	execs=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' "$work/said" | tail -1)
	targets=$((targets + 1)) inputs=$((inputs + ${execs:-0}))
done < <(git ls-files --cached --others --exclude-standard '*_test.go' ':!bench' | xargs grep -o '^func Fuzz[A-Za-z0-9_]*' /dev/null)
[ $targets -gt 0 ] || { echo "there is no target $*" >&2; exit 1; }
echo "fuzz: $targets targets, $time each, $inputs inputs"
