#!/usr/bin/env bash
# Compiles the module's Lua, with its patches, for this machine, together with a program that has the `main`.
#
# Use: scripts/compile-lua.sh OUTPUT PROGRAM.c [FLAG...], after the module was built once. Needs clang 19 with its
# runtime library, which scripts/profile.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."

output=$1
program=$2
shift 2
# The file that includes all of Lua (build/sources.rs), of the last build.
unit=$(find target -path '*wasm32*/lua/unit.c' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
[ -n "$unit" ] || { echo "compile-lua: no compiled Lua in target/: run 'make wasm' first" >&2; exit 1; }
mkdir -p "$(dirname "$output")"
# Tests of character classes are calls, as in the module: glibc's macros would give other branches.
clang-19 -Wno-everything -D__NO_CTYPE -include lua/hooks.h -Ilua -I"$(dirname "$unit")" -DLUA_COMPAT_5_3 -DCU_LUA_STACK_SLOTS=21845 \
  "$@" "$unit" "$program" -lm -o "$output"
