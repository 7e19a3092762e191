#!/usr/bin/env bash
# Takes the programs and what they print out of README.md, compiles them with the flags given, runs each twice, and compares: all of the first run, and of the second its
# last line.
#
# Use: tests/readme.sh FOLDER FLAGS..., in host-c; FOLDER is where the programs are written to.
set -euo pipefail
folder=$1; shift
# The block of a language with this number.
block() { awk -v fence="\`\`\`$1" -v wanted="$2" '$0 == fence { inside = ++count == wanted; next } $0 == "```" { inside = 0 } inside' README.md; }
count=$(grep -c '^```c$' README.md)
[ "$count" -ge 2 ] || { echo "readme: README.md has $count programs" >&2; exit 1; }
for number in $(seq "$count"); do
  block c "$number" > "$folder/readme.c"
  block text "$number" > "$folder/readme.wanted"
  [ -s "$folder/readme.c" ] && [ -s "$folder/readme.wanted" ] || { echo "readme: README.md has no program $number, or not what it prints" >&2; exit 1; }
  ${CC:-cc} -std=c11 -Wall -Wextra -Werror "$folder/readme.c" "$@" -o "$folder/readme"
  (cd "$folder" && rm -f counter.log counter.log.lock && ./readme > readme.found && ./readme | tail -n 1 >> readme.found)
  diff "$folder/readme.wanted" "$folder/readme.found"
done
echo "readme: $count programs print what they should"
