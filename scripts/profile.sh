#!/usr/bin/env bash
# Counts how often each branch of Lua runs in lua/profile/training/ and keeps the counts for the compiler.
#
# Use: scripts/profile.sh, after a build has written the sources (make profile starts one). Needs clang 19 with its
# runtime library and llvm-profdata: on Debian and Ubuntu the packages libclang-rt-19-dev and llvm-19. This script
# installs them if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

# Clang 19 cannot read the profile of a newer clang.
version=19
if ! command -v "llvm-profdata-$version" >/dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  echo "profile: installing llvm-$version libclang-rt-$version-dev"
  $sudo apt-get install -y -qq --no-install-recommends "llvm-$version" "libclang-rt-$version-dev" >/dev/null
fi

work=target/profile
scripts/compile-lua.sh $work/train lua/profile/train.c -O2 -fprofile-instr-generate
LLVM_PROFILE_FILE=$work/counts.profraw $work/train lua/profile/training/*.lua
"llvm-profdata-$version" merge $work/counts.profraw -o lua/profile/lua.profdata
echo "profile: $("llvm-profdata-$version" show lua/profile/lua.profdata | sed -n 's/^Total functions: //p') functions counted"
