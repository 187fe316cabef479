#!/usr/bin/env bash
# Installs the database that the tests of the MongoDB store run against, pinned, into .cache/, and prints its program's path.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
venv=$PWD/.cache/mongo
stamp=$venv/$(sha256sum scripts/mongo.txt | cut -c1-16)
if [ ! -e "$stamp" ]; then
	command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install -y python3 python3-venv' >&2; exit 1; }
	rm -rf "$venv"
	python3 -m venv "$venv" >&2 # where it says why it cannot
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/mongo.txt >&2
	touch "$stamp"
	pip_installed scripts/mongo.txt
fi
echo "$venv/bin/secantusd-py"
