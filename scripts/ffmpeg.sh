#!/usr/bin/env bash
# Installs ffmpeg, which decodes H.264 and H.265 of cameras, and prints the path of its program.
# Where it cannot be installed, the tests that need it do not run, and the gate's table says so.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed.sh
if ! command -v ffmpeg >/dev/null && ! apt_install ffmpeg --no-install-recommends; then
	installed 'NOT INSTALLED: ffmpeg, so H.264 and H.265 are NOT TESTED'
	echo 'NOT TESTED: H.264 and H.265, because ffmpeg is missing: apt-get install -y --no-install-recommends ffmpeg' >&2
	exit
fi
command -v ffmpeg
