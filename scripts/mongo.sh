#!/usr/bin/env bash
# Installs a pinned version of the database for the tests of the MongoDB store into .cache/, and
# prints the path of its program.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
python_venv mongo
echo "$venv/bin/secantusd-py"
