#!/usr/bin/env bash
# Writes the runtime that internal/pipeline/onnx embeds: ONNX Runtime's single-threaded WebAssembly
# build from its npm package, with checks added to its loops, and the table of its names. The
# licences come from the Python package of the same version, because the npm package has none. The
# output is always the same, and is committed. With --check the script writes nothing, and fails if
# the committed files differ.
#
# 1.18.0 is the last version with a single-threaded build.
set -euo pipefail
cd "$(dirname "$0")/.."
version=1.18.0
npm_sum=o1UKj4ABIj1gmG7ae0RKJ3/GT+3yoF0RRpfDfeoe0huzRW4FDRLfbkDETmdFAvnJEXuYDE0YT+hhkia0352StQ==
wheel=onnxruntime-$version-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
wheel_sum=1f45ca2887f62a7b847d526965686b2923efa72538c89b7703c7b3fe970afd59
zstandard=zstandard==0.25.0
out=internal/pipeline/onnx/assets
table=internal/pipeline/onnx/names.go
cache=$PWD/.cache/onnxruntime

fail() { printf '%s\n' "$*" >&2; exit 1; }

# sha512 and sha256 print a file's sum as npm and pip have it.
sha512() { openssl dgst -sha512 -binary "$1" | base64 -w0; }
sha256() { sha256sum "$1" | cut -d' ' -f1; }

mkdir -p "$cache"
archive=$cache/onnxruntime-web-$version.tgz
[ -e "$archive" ] || (cd "$cache" && npm pack --silent "onnxruntime-web@$version" >/dev/null)
[ "$(sha512 "$archive")" = "$npm_sum" ] || fail "$archive is not what it was: sha512 $(sha512 "$archive")"
[ -e "$cache/$wheel" ] || python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
	--python-version 3.11 --platform manylinux_2_28_x86_64 --dest "$cache" "onnxruntime==$version"
[ "$(sha256 "$cache/$wheel")" = "$wheel_sum" ] || fail "$wheel is not what it was: sha256 $(sha256 "$cache/$wheel")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar xzf "$archive" -C "$work" package/dist/ort-wasm-simd.wasm package/lib/wasm/binding/ort-wasm-simd.js
mkdir "$work/new"
go run ./internal/pipeline/onnx/prepare "$work/package/dist/ort-wasm-simd.wasm" \
	"$work/package/lib/wasm/binding/ort-wasm-simd.js" "$work/ort.wasm" "$work/names.go"
# Its strongest level makes the file a tenth smaller than the Go encoder does.
[ -e "$cache/$zstandard" ] || python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
	--target "$cache/$zstandard" "$zstandard"
PYTHONPATH="$cache/$zstandard" python3 - "$cache/$wheel" "$work" "$version" <<'PY'
import gzip, sys, zipfile, zstandard
wheel, work, version = sys.argv[1:]
out = f"{work}/new"
strongest = zstandard.ZstdCompressionParameters.from_level(22, window_log=24, write_checksum=1)
with open(f"{work}/ort.wasm", "rb") as wasm, open(f"{out}/ort.wasm.zst", "wb") as f:
    f.write(zstandard.ZstdCompressor(compression_params=strongest).compress(wasm.read()))
with zipfile.ZipFile(wheel) as z:
    with open(f"{out}/LICENSE.onnxruntime-web@{version}", "wb") as f:
        f.write(z.read("onnxruntime/LICENSE").replace(b"\r", b""))
    with open(f"{out}/NOTICES.gz", "wb") as f:
        f.write(gzip.compress(z.read("onnxruntime/ThirdPartyNotices.txt").replace(b"\r", b""), 9, mtime=0))
PY

if [ "${1:-}" = --check ]; then
	diff -r "$work/new" "$out" >&2 && cmp "$work/names.go" "$table" >&2 || fail "run scripts/onnxruntime.sh and commit what it wrote"
else
	mkdir -p "$out"
	rm -f "$out"/*
	cp "$work/new"/* "$out"
	cp "$work/names.go" "$table"
	ls -l "$out"
fi
