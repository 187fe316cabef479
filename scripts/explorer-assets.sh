#!/usr/bin/env bash
# Fetches the explorers' files from their npm packages, checks them, and puts them gzipped into
# internal/explorer/assets, together with each package's licence. The output is always the same, and
# is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=internal/explorer/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# package, sha512 of its archive
packages='
graphiql@3.9.0 rJYFlHdBbug9+YbFSwRVvgfPjCayC7wHecZkx/qB4XLuQPFQZw/yB9pmHFtOJV6RiNBBHro3u1GdocKa3YcGRA==
graphql-playground-react@1.7.28 YPR33Ph9kuKlFOMpc8mKGsL/fOiX0ltgzV1BokXYNsBLtTVQnhdCSKQuZg80CcxWKD8syNuWXDkGZSAdFkwmRg==
graphql-ws@5.16.2 E1uccsZxt/96jH/OwmLPuXMACILs76pKF2i3W861LpKBCYtGIyPQGtWLuBLkND4ox1KHns70e83PS4te50nvPQ==
react@18.3.1 wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==
react-dom@18.3.1 5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==
'

put() { # file in the package, name in assets
  gzip -n -9 <"$work/$1" >"$out/$2.gz"
}

mkdir -p "$out"
rm -f "$out"/*
while read -r package sum; do
  [ -n "$package" ] || continue
  name=${package%@*}
  archive=$(cd "$work" && npm pack --silent "$package")
  got=$(openssl dgst -sha512 -binary "$work/$archive" | base64 -w0)
  [ "$got" = "$sum" ] || { echo "$package is not what it was: sha512 $got" >&2; exit 1; }
  mkdir "$work/$name"
  tar xzf "$work/$archive" -C "$work/$name" --strip-components=1
  cp "$work/$name"/LICENSE* "$out/LICENSE.$name"
done <<<"$packages"

put graphiql/graphiql.min.js graphiql.js
put graphiql/graphiql.min.css graphiql.css
put graphql-ws/umd/graphql-ws.min.js graphql-ws.js
put react/umd/react.production.min.js react.js
put react-dom/umd/react-dom.production.min.js react-dom.js
put graphql-playground-react/build/static/js/middleware.js playground.js
put graphql-playground-react/build/static/css/index.css playground.css
chmod 644 "$out"/*
ls -l "$out"
