#!/usr/bin/env bash
# Writes the small neural networks of the tests, and what native ONNX Runtime computes with them. It
# installs pinned Python packages into .cache/. The output is always the same, and is committed, so
# that the tests need no Python.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
python_venv graphs
for graphs in internal/pipeline/*/testdata/graphs.py; do
	"$venv/bin/python" "$graphs"
done
