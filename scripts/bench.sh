#!/usr/bin/env bash
# Prints figures of speed and memory, with ratios. Arguments name single benchmarks; see bench
# --help. The benchmark "console" measures the console in a browser.
set -euo pipefail
cd "$(dirname "$0")/../bench"
if [ "$*" = console ]; then
	exec bash ../scripts/browser.sh --figures
fi
. ../scripts/settings.sh
BIS_TEST_MONGOD=$(bash ../scripts/mongo.sh)
export BIS_TEST_MONGOD
go run . "$@"
if [ $# = 0 ]; then
	bash ../scripts/browser.sh --figures
fi
