#!/usr/bin/env bash
# Runs the scripts of tests/lua/opcodes in Lua as cu compiles it, built for this machine so that mistakes of the interpreter
# show: with Lua's assertions and AddressSanitizer, once with a stack that moves at every check of its size, and once with a
# full collection at every allocation. The answers are compared with those of native Lua.
#
# Use: scripts/stress.sh [FILE.lua...], after the module and native Lua were built. Some minutes. Wants clang 19 with its
# runtime library, which scripts/profile.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."

# A file has so many seconds.
limit=120

unit=$(find target -path '*wasm32*/lua/unit.c' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
[ -n "$unit" ] || { echo "stress: no compiled Lua in target/: run 'make wasm' first" >&2; exit 1; }
work=target/stress
mkdir -p $work
if [ $# = 0 ]; then set -- tests/lua/opcodes/*.lua; fi

status=0
for way in HARDSTACKTESTS EMERGENCYGCTESTS; do
  clang-19 -O1 -g1 -fsanitize=address -Wno-everything -include lua/hooks.h -Ilua -I"$(dirname "$unit")" \
    -DLUA_COMPAT_5_3 -DCU_LUA_STACK_SLOTS=21845 -DLUAI_ASSERT -D$way "$unit" tests/native/stress.c -lm -o $work/$way
  for file; do
    # It waits for finalizers, which a collection for want of memory does not run.
    if [ $way = EMERGENCYGCTESTS ] && [ "$(basename "$file")" = collector.lua ]; then continue; fi
    target/release/native-lua --snippets "$file" >$work/wanted.txt
    code=0
    ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 timeout $limit $work/$way "$file" >$work/found.txt 2>$work/error.txt || code=$?
    if [ $code = 0 ] && cmp -s $work/wanted.txt $work/found.txt; then
      result=same
    else
      result="DIFFERENT"
      status=1
    fi
    echo "stress: $way $(basename "$file"): $result"
    [ "$result" != DIFFERENT ] || { grep -m 5 -E 'ERROR|Assertion|#[0-3] ' $work/error.txt || diff $work/wanted.txt $work/found.txt | head -n 5; }
  done
done
exit $status
