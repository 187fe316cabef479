#!/usr/bin/env bash
# Writes the small neural networks of the tests, and what native ONNX Runtime computes with them. It
# installs pinned Python packages into .cache/. The output is always the same, and is committed, so
# that the tests need no Python.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
venv=$PWD/.cache/graphs
stamp=$venv/$(sha256sum scripts/graphs.txt | cut -c1-16)
if [ ! -e "$stamp" ]; then
	command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install -y python3 python3-venv' >&2; exit 1; }
	rm -rf "$venv"
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r scripts/graphs.txt
	touch "$stamp"
	pip_installed scripts/graphs.txt
fi
for graphs in internal/pipeline/*/testdata/graphs.py; do
	"$venv/bin/python" "$graphs"
done
