#!/usr/bin/env bash
# Builds the module: compile, link, unwind, take a snapshot, optimise.
#
# Use: scripts/build-wasm.sh OUTPUT.wasm [CARGO OPTION...]
# Also writes target/link/OUTPUT.names.wasm and OUTPUT.map, which say where each byte of the module comes from
# (scripts/size.mjs). ARENA_MIB sets the arena's size. CU_WASM_TARGET=debian uses Debian's compiler even if rustup's
# target is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

output=$1
shift

profile=wasm
# With these names, a generic function shows its types.
flags="-Csymbol-mangling-version=v0"

# A function that is not marked is inlined only if the code shrinks: this saves a twentieth of the file
# (docs/decisions.md, "Rust for size").
marked_only="-Cllvm-args=-inline-threshold=5"

# Up to eight words are copied and cleared in place, as in Rust compiled for speed: a call takes longer and is charged.
in_place="-Cllvm-args=-max-store-memcpy=8 -Cllvm-args=-max-store-memmove=8 -Cllvm-args=-max-store-memset=8"

# Builds the module and writes the linker's map.
# It builds only the module: together with the library for tests, there is no link-time optimisation.
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
    # Debian has the sources of the core library. The compiler builds them with its unstable option -Zbuild-std.
    target_dir=target/debian
    # Debian's LLVM is too old for these options.
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
# Cargo locks its target folder: with a separate folder this does not wait for another build.
cargo run --quiet --release --target-dir target/unwind --package unwind -- "$linked.wasm" "$kept.unwound.wasm" --comparisons 3
# The tests with faults make allocations of `init` fail, so there `init` must make everything itself.
snapshot=--snapshot
case " $* " in *" faults "*) snapshot= ;; esac
node scripts/optimize.mjs "$kept.unwound.wasm" "$output" "$kept.names.wasm" $snapshot
