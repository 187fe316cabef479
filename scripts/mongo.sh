#!/usr/bin/env bash
# Installs a pinned version of the database for the tests of the MongoDB store into .cache/, and
# prints the path of its program.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
venv=$PWD/.cache/mongo
stamp=$venv/$(sha256sum scripts/mongo.txt | cut -c1-16)
# A program there names its interpreter by its path, so a folder that was moved is made anew.
interpreter=$(sed -n "1s/^..//p" "$venv/bin/secantusd-py" 2>/dev/null || true)
if [ ! -e "$stamp" ] || [ ! -x "$interpreter" ]; then
	command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install -y python3 python3-venv' >&2; exit 1; }
	rm -rf "$venv"
	python3 -m venv "$venv" >&2 # a failure explains itself there
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/mongo.txt >&2
	touch "$stamp"
	pip_installed scripts/mongo.txt
fi
echo "$venv/bin/secantusd-py"
