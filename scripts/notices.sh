#!/usr/bin/env bash
# Writes THIRD_PARTY_NOTICES: the licence of every module that is linked into the program, and of
# the explorers' embedded packages. With --check it fails when the file is not current.
set -euo pipefail
cd "$(dirname "$0")/.."

notices() {
	cat <<'TXT'
BIS is under the MIT licence (LICENSE). The program holds code of the projects below, each under its own licence.
This file is written by scripts/notices.sh.
TXT
	GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' . | sort -u |
		while read -r path version dir; do
			for file in "$dir"/LICENSE* "$dir"/LICENCE* "$dir"/COPYING* "$dir"/NOTICE* "$dir"/COPYRIGHT*; do
				[ -f "$file" ] || continue
				printf '\n---- %s %s: %s\n\n' "$path" "$version" "$(basename "$file")"
				tr -d '\r' <"$file"
			done
		done
	for file in internal/explorer/assets/LICENSE.*; do
		printf '\n---- npm %s, embedded in internal/explorer/assets\n\n' "${file##*LICENSE.}"
		tr -d '\r' <"$file"
	done
	for file in internal/pipeline/onnx/assets/LICENSE.*; do
		printf '\n---- npm %s, embedded in internal/pipeline/onnx/assets with checks added to its loops\n\n' "${file##*LICENSE.}"
		tr -d '\r' <"$file"
	done
	printf '\n---- ONNX Runtime: ThirdPartyNotices.txt\n\n'
	gunzip -c internal/pipeline/onnx/assets/NOTICES.gz
	printf '\n---- npm packages, embedded in web/dist\n\n'
	cat web/dist/licenses.txt
	printf '\n---- Go standard library and runtime: LICENSE\n\n'
	cat "$(go env GOROOT)/LICENSE"
}

if [ "${1:-}" = --check ]; then
	[ "$(notices)" = "$(cat THIRD_PARTY_NOTICES)" ] || { echo 'THIRD_PARTY_NOTICES is not current: run make notices' >&2; exit 1; }
else
	notices >THIRD_PARTY_NOTICES
fi
