#!/usr/bin/env bash
# Builds the module: compile, link, unwind, take a snapshot, optimise.
#
# Use: scripts/build-wasm.sh OUTPUT.wasm [CARGO OPTION...]
# Beside the module, target/link/OUTPUT.names.wasm and OUTPUT.map say what each byte of it belongs to (scripts/size.mjs).
# ARENA_MIB sets the arena's size. CU_WASM_TARGET=debian uses Debian's compiler although rustup's target is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

output=$1
shift

profile=wasm
# Names with the types that a generic function is for.
flags="-Csymbol-mangling-version=v0"

# Nothing is inlined that is not marked, unless it shrinks: a twentieth of the file (docs/decisions.md, "Rust for size").
marked_only="-Cllvm-args=-inline-threshold=5"

# Up to eight words are copied and cleared in place, as where Rust is compiled for speed: a call takes longer, and counts.
in_place="-Cllvm-args=-max-store-memcpy=8 -Cllvm-args=-max-store-memmove=8 -Cllvm-args=-max-store-memset=8"

# Builds the module, and beside it the linker's list of what lies where.
# Only the module: with the library for tests there too, link-time optimisation does not happen.
build() {
  local answer=target/build-wasm.log
  mkdir -p target
  local status=0
  build_quietly "$@" 2> $answer || status=$?
  cat $answer >&2
  if [ $status != 0 ]; then
    if grep -q 'profile data may be' $answer; then
      echo "build-wasm: functions of Lua's C are not as they were counted in lua/profile/lua.profdata: run 'make profile'" >&2
    fi
    exit $status
  fi
}

build_quietly() {
  CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS=$flags cargo rustc --quiet --profile $profile --lib --crate-type cdylib \
    --target wasm32v1-none --target-dir $target_dir "$@" -- \
    $marked_only $in_place -Clink-arg=-Map=$target_dir/wasm32v1-none/$profile/cu.map
}

case $(wasm_target_way) in
  rustup)
    target_dir=target
    build "$@"
    ;;
  debian)
    # Debian ships the sources of the core library, and the compiler takes them with its unstable -Zbuild-std.
    target_dir=target/debian
    # Its LLVM is too old for that.
    in_place=""
    flags+=" -Clinker-flavor=wasm-ld"
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32V1_NONE_LINKER=wasm-ld-19 \
      build -Zbuild-std=core,alloc "$@"
    ;;
  *)
    echo "build-wasm: the Rust target wasm32v1-none is missing: run 'make setup'" >&2
    exit 1
    ;;
esac

mkdir -p "$(dirname "$output")" target/link
linked=$target_dir/wasm32v1-none/$profile/cu
kept=target/link/$(basename "$output" .wasm)
cp "$linked.map" "$kept.map"
# In a folder of its own, so that it need not wait for another build.
cargo run --quiet --release --target-dir target/unwind --package unwind -- "$linked.wasm" "$kept.unwound.wasm" --comparisons 3
# Tests make allocations of `init` fail: there it makes everything itself.
snapshot=--snapshot
case " $* " in *" faults "*) snapshot= ;; esac
node scripts/optimize.mjs "$kept.unwound.wasm" "$output" "$kept.names.wasm" $snapshot
