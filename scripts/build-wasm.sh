#!/usr/bin/env bash
# Builds the module: compile, link, unwind, optimise.
#
# Use: scripts/build-wasm.sh OUTPUT.wasm [CARGO OPTION...]
# ARENA_MIB sets the arena's size. CU_WASM_TARGET=debian uses Debian's compiler although rustup's target is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

output=$1
shift

# Only the module: with the library for tests beside it, link-time optimisation does not happen.

profile=wasm
case $(wasm_target_way) in
  rustup)
    target_dir=target
    cargo rustc --quiet --profile $profile --lib --crate-type cdylib --target wasm32v1-none "$@"
    ;;
  debian)
    # Debian ships the sources of the core library, and the compiler takes them with its unstable -Zbuild-std.
    target_dir=target/debian
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32V1_NONE_LINKER=wasm-ld-19 \
      CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS="-Clinker-flavor=wasm-ld" \
      cargo rustc --quiet --profile $profile --lib --crate-type cdylib --target wasm32v1-none --target-dir $target_dir \
      -Zbuild-std=core,alloc "$@"
    ;;
  *)
    echo "build-wasm: the Rust target wasm32v1-none is missing: run 'make setup'" >&2
    exit 1
    ;;
esac

mkdir -p "$(dirname "$output")" target/link
linked=$target_dir/wasm32v1-none/$profile/cu.wasm
unwound=target/link/$(basename "$output" .wasm).unwound.wasm
# In a folder of its own, so that it need not wait for another build.
cargo run --quiet --release --target-dir target/unwind --package unwind -- "$linked" "$unwound" --comparisons 3
node scripts/optimize.mjs "$unwound" "$output"
