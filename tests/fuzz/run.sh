#!/usr/bin/env bash
# Searches for bytes that break a target, guided by coverage: libFuzzer over the module compiled for this machine, with Lua's
# assertions and Rust's.
#
# Use: tests/fuzz/run.sh SECONDS [TARGET...], after the module was built. So many seconds for each target, two at once. What
# breaks one is kept in target/guided/found and printed; CU_SEED=... repeats a search. MERGE=1 searches
# nothing, but makes tests/fuzz/corpus anew of what is in it, of the seeds, and of what was found.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/environment.sh

seconds=${1:?"Use: tests/fuzz/run.sh SECONDS [TARGET...]"}
shift
if [ $# = 0 ]; then set -- bytecode compute wait store unwind response value key; fi
seed=${CU_SEED:-$((RANDOM * 32768 + RANDOM))}
at_once=2
for clang in "${CU_CLANG:-}" clang-19 clang-20 clang-21 clang-22 /opt/homebrew/opt/llvm/bin/clang clang; do
  if command -v "$clang" >/dev/null; then break; fi
done

# Counters at every branch, for Rust and for C, in what is built for the machine, and not in what builds it. The values
# that bytes are compared with are reported by Rust alone, which reads the bytes: in Lua's C that would take most of the time.
host=$(rustc -vV | sed -n 's/^host: //p')
passes="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
passes="$passes -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
export "CARGO_TARGET_$(echo "$host" | tr a-z- A-Z_)_RUSTFLAGS=$passes -Ccodegen-units=1"
export "CC_${host//-/_}=$clang" "CFLAGS_${host//-/_}=-fsanitize-coverage=inline-8bit-counters,pc-table -DLUAI_ASSERT -g1"
cargo build --quiet --profile fuzz --target "$host" --package cu-fuzz --features guided --bin guided
guided=target/$host/fuzz/guided

work=target/guided
mkdir -p $work/found

# Keeps of everything found the fewest and smallest inputs that reach all that it reaches.
if [ -n "${MERGE:-}" ]; then
  CU_FUZZ_SEEDS=$work/seeds "$guided" 2>"$work/seeds.log"
  for target; do
    mkdir -p "$work/corpus/$target" "$work/merged"
    rm -rf "$work/merged/$target" && mkdir "$work/merged/$target"
    # Of some there are many.
    case $target in compute | unwind | wait) most=150 ;; store | bytecode) most=300 ;; *) most=600 ;; esac
    find "$work/seeds/$target" -type f -size +"$most"c -delete
    CU_FUZZ_TARGET=$target "$guided" -set_cover_merge=1 -use_counters=0 -max_len="$most" -artifact_prefix="$work/found/merge-" "$work/merged/$target" "tests/fuzz/corpus/$target" \
      "$work/seeds/$target" "$work/corpus/$target" >"$work/$target.log" 2>&1
    rm -rf "tests/fuzz/corpus/$target" && cp -r "$work/merged/$target" "tests/fuzz/corpus/$target"
    echo "fuzz: $target: $(ls "tests/fuzz/corpus/$target" | wc -l) inputs, $(du -sb "tests/fuzz/corpus/$target" | cut -f 1) bytes"
  done
  exit
fi

# One target; what it printed goes to a file of its own.
search() {
  local corpus=$work/corpus/$1 words=()
  mkdir -p "$corpus"
  if [ -f "tests/fuzz/$1.dict" ]; then words=("-dict=tests/fuzz/$1.dict"); fi
  CU_FUZZ_TARGET=$1 "$guided" -max_total_time="$seconds" -seed="$seed" -timeout=20 -rss_limit_mb=2048 -use_value_profile=0 \
    -verbosity=1 -print_final_stats=1 -artifact_prefix="$work/found/$1-" "${words[@]}" "$corpus" "tests/fuzz/corpus/$1" \
    >"$work/$1.log" 2>&1
}

# A line for what a target did, and its last words when it broke.
report() {
  local log=$work/$1.log
  local executed coverage
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
  echo "fuzz: $1: ${executed:-?} inputs in $seconds s, ${coverage:-cov: ?}, seed $seed: $2"
  [ "$2" = none ] || tail -n 40 "$log"
}

status=0
while [ $# -gt 0 ]; do
  batch=("${@:1:at_once}")
  shift ${#batch[@]}
  processes=()
  for target in "${batch[@]}"; do search "$target" & processes+=($!); done
  for i in "${!batch[@]}"; do
    if wait "${processes[$i]}"; then report "${batch[$i]}" none; else
      report "${batch[$i]}" BROKEN
      status=1
    fi
  done
done
exit $status
