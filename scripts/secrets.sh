#!/usr/bin/env bash
# Makes the secrets that compose.yaml hands over as files. What is there stays. The folder is closed to others; the files are not,
# because the users inside the containers read them.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 0700 secrets
for name in mongo_key mongo_root_password database_password; do
	[ -s "secrets/$name" ] && continue
	head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' >"secrets/$name"
	chmod 0444 "secrets/$name"
done
