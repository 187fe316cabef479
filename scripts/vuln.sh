#!/usr/bin/env bash
# Searches the code that the program calls for known vulnerabilities. It fails if it finds one, and
# on errors. If the database cannot be reached, it prints that and succeeds. An argument names
# another database: scripts/vuln.sh URL.
set -euo pipefail
cd "$(dirname "$0")/.."
db=${1:-https://vuln.go.dev}

code=0
said=$(go tool govulncheck -db "$db" ./... 2>&1) || code=$?
case $code in
0) grep -i 'vulnerabilit' <<<"$said" ;;
3) printf '%s\n' "$said" >&2; exit 1 ;; # 3 means that there are some
*)
	unreachable=$(grep -m 1 'fetching vulnerabilities: ' <<<"$said") || { printf '%s\n' "$said" >&2; exit 1; }
	printf 'NOT CHECKED for known vulnerabilities: %s cannot be reached (%s)\n' "$db" "${unreachable#*fetching vulnerabilities: }"
	;;
esac
