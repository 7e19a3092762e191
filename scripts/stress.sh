#!/usr/bin/env bash
# Runs the scripts of tests/lua/opcodes in cu's Lua, built for this machine so that mistakes of the interpreter become
# visible: with Lua's assertions and AddressSanitizer, once with a stack that moves at every check of its size, and once
# with a full collection at every allocation. Compares the answers with those of native Lua.
#
# Use: scripts/stress.sh [FILE.lua...], after the module and native Lua were built. It takes some minutes and needs
# clang 19 with its runtime library, which scripts/profile.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."

# The seconds that a file may take.
limit=120

work=target/stress
if [ $# = 0 ]; then set -- tests/lua/opcodes/*.lua; fi

status=0
for way in HARDSTACKTESTS EMERGENCYGCTESTS; do
  scripts/compile-lua.sh $work/$way tests/native/stress.c -O1 -g1 -fsanitize=address -DLUAI_ASSERT -D$way
  for file; do
    # collector.lua waits for finalizers, which an emergency collection does not run.
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
