#!/usr/bin/env bash
# Checks that cu-host compiles without warnings with its features. Of any two, each combination is there: all of them, none, each alone,
# and all but one; with wasmi, whose checks are quick, and with Wasmtime for all and none.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

FEATURES=(redb encryption num-bigint serde tracing)

check() {
  cargo clippy --quiet --release --package cu-host --no-default-features --features "$1" "${@:2}" -- -D warnings ||
    { echo "cu-host with the features $1 ${*:2}" >&2; exit 1; }
}

# All but one of them.
without() {
  local list=wasmi feature
  for feature in "${FEATURES[@]}"; do
    if [ "$feature" != "$1" ]; then list="$list,$feature"; fi
  done
  echo "$list"
}

check wasmi
check wasmtime
check "$(without none)"
check "$(without none),wasmtime"
for feature in "${FEATURES[@]}"; do
  check "wasmi,$feature"
  check "$(without "$feature")"
done

# Where there is no operating system: no files, no random numbers.
if [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ]; then
  check wasmi,num-bigint,serde,tracing --target wasm32-unknown-unknown
fi
