#!/usr/bin/env bash
# Tests the server's pages in headless Chromium, which it installs once. With --figures it prints the
# console's figures instead. Another argument runs only the checks whose names have it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
fail() { printf '%s\n' "$*" >&2; exit 1; }

node=$(bash scripts/node.sh)
export PATH=$node:$PATH
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ]; then
	apt_install chromium --no-install-recommends || fail 'Chromium is missing: apt-get install -y --no-install-recommends chromium'
	chromium=$(command -v chromium)
fi
# Without a font with Hangul the pages' widths and pictures are not those of owners.
if ! fc-list :lang=ko 2>/dev/null | grep -q .; then
	apt_install fonts-noto-cjk --no-install-recommends || fail 'a font with Hangul is missing: apt-get install -y --no-install-recommends fonts-noto-cjk'
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bis" .
export BIS_SCREENSHOTS=${BIS_SCREENSHOTS:-$PWD/.cache/pages} # a picture of every page, in every look
cd test/browser
npm_install
if [ "${1:-}" = --figures ]; then
	node figures.mjs "$work/bis" "$chromium"
else
	node check.mjs "$work/bis" "$chromium" "${1:-}"
fi
