#!/usr/bin/env bash
# Calls the old endpoints with values that their OpenAPI document allows and forbids, and checks
# each answer against the document. It installs a pinned schemathesis into .cache/. The calls are
# the same every time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
fail() { printf '%s\n' "$*" >&2; exit 1; }

python_venv openapi

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/bis" .
# Neither settings of this shell nor a file of this folder reach the server.
(cd "$work" && exec env -i PATH="$PATH" ./bis --addr 127.0.0.1:0 --data data --limits off >greeting 2>log) &
server=$!
url=
touch "$work/greeting"
for _ in $(seq 300); do
	url=$(sed -n 's/.* is at \(http:[^ ]*\)$/\1/p' "$work/greeting")
	[ -z "$url" ] || break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
[ -n "$url" ] || { cat "$work/log" >&2; fail 'the server prints no address'; }

# schemathesis reads its settings and hooks from the current folder, and leaves files there.
cp test/openapi/* "$work"
(cd "$work" && BIS_URL=$url "$venv/bin/schemathesis" --no-color run "$url/openapi.json" >said 2>&1) || { cat "$work/said"; exit 1; }

# A refusal that the document describes as 500 is not a fault of the server. The server's log has
# the real faults.
kill -TERM "$server"
wait "$server" || { cat "$work/log" >&2; fail 'the server does not end well'; }
server=
! grep -E 'level=ERROR|^panic:' "$work/log" >&2 || fail 'the server logged faults of its own'
sed -n '/^Test cases:/,/^$/p' "$work/said" | paste -sd' ' | tr -s ' '
