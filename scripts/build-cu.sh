#!/usr/bin/env bash
# Builds the command line `cu` and the module in it, and prints the slow steps. Their times are for two idle cores.
#
# Use: scripts/build-cu.sh, after setup. The module and Wasmtime are independent, so they are built at the same time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

say() { printf 'build: %s\n' "$*"; }

beside=
if [ ! -x target/release/cu ]; then
  say "Wasmtime, which runs the module (about 2 minutes, once)"
  cargo build --quiet --release --package cu-once &
  beside=$!
  trap 'kill "$beside" 2>/dev/null || true' EXIT
fi
if ! make --silent --question dist/cu.wasm; then
  say "cu.wasm${beside:+, beside that} (about 1 minute)"
  make --silent dist/cu.wasm
fi
if [ -n "$beside" ]; then
  wait "$beside"
  trap - EXIT
  say "the command line cu (about half a minute)"
elif [ dist/cu.wasm -nt target/release/cu ]; then
  say "the command line cu, with the new cu.wasm (about half a minute)"
fi
cargo build --quiet --release --package cu-cli
