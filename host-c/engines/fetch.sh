#!/usr/bin/env bash
# Fetches what the adapters are compiled and linked with, into target/host-c/: the sources of wasm3 and WAMR, and Wasmtime's library with wasm.h.
#
# Use: host-c/engines/fetch.sh wasm3|wamr|wasm_h... Versions are pinned here; what is there already is not fetched again.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/environment.sh

WASM3=0.5.0    # pywasm3, which has wasm3's sources in it
WAMR=0.3.0     # the crate wamrx-sys, which has WAMR's
WASMTIME=48.0.0 # the package wasmtime, for its library, and the crate wasmtime-c-api-impl, for wasm.h
TO=target/host-c

fail() { printf 'fetch: %s\n' "$*" >&2; exit 1; }

# The folder of a crate's sources. `cargo info` downloads one crate and none that it depends on.
crate() {
  local found
  found=$(ls -d "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$1-$2" 2>/dev/null | head -n 1)
  if [ -z "$found" ]; then
    cargo info --quiet "$1@$2" >/dev/null || fail "the crate $1 $2 cannot be fetched"
    found=$(ls -d "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$1-$2" 2>/dev/null | head -n 1)
  fi
  [ -n "$found" ] || fail "cargo has not unpacked $1 $2"
  printf '%s\n' "$found"
}

package() { python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$TO/packages" "$1==$2" || fail "the package $1 $2 cannot be fetched"; }

mkdir -p "$TO/packages"
for engine in "$@"; do
  [ ! -e "$TO/$engine/.fetched" ] || continue
  rm -rf "${TO:?}/$engine"
  mkdir -p "$TO/$engine"
  case $engine in
    wasm3)
      package pywasm3 "$WASM3"
      tar -xzf "$TO/packages/pywasm3-$WASM3.tar.gz" -C "$TO/wasm3" --strip-components=2 "pywasm3-$WASM3/wasm3"
      ;;
    wamr) cp -R "$(crate wamrx-sys "$WAMR")/wasm-micro-runtime" "$TO/wamr/source" ;;
    wasm_h)
      package wasmtime "$WASMTIME"
      python3 -m zipfile -e "$TO"/packages/wasmtime-"$WASMTIME"-*.whl "$TO/wasm_h/wheel"
      cp "$(find "$TO/wasm_h/wheel" -name '_libwasmtime.*' | head -n 1)" "$TO/wasm_h/"
      cp "$(crate wasmtime-c-api-impl "$WASMTIME")/include/wasm.h" "$TO/wasm_h/"
      rm -rf "$TO/wasm_h/wheel"
      ;;
    *) fail "no engine is called $engine" ;;
  esac
  touch "$TO/$engine/.fetched"
done
