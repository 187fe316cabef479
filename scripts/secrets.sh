#!/usr/bin/env bash
# Writes the secrets that compose.yaml passes on as files. Existing files stay. Other users cannot
# open the folder. They could read the files, because the users inside the containers must.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 0700 secrets
for name in mongo_key mongo_root_password database_password camera_key; do
	[ -s "secrets/$name" ] && continue
	head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' >"secrets/$name"
	chmod 0444 "secrets/$name"
done
