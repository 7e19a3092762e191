#!/usr/bin/env bash
# Takes the program and what it prints out of README.md, compiles it with the flags given, runs it, and compares.
#
# Use: tests/readme.sh FOLDER FLAGS..., in host-c; FOLDER is where the program is written to.
set -euo pipefail
folder=$1; shift
# The first block of a language.
block() { awk -v fence="\`\`\`$1" '$0 == fence && !seen { inside = 1; seen = 1; next } inside && $0 == "```" { exit } inside' README.md; }
block c > "$folder/readme.c"
block text > "$folder/readme.wanted"
[ -s "$folder/readme.c" ] && [ -s "$folder/readme.wanted" ] || { echo "readme: README.md has no program, or not what it prints" >&2; exit 1; }
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$folder/readme.c" "$@" -o "$folder/readme"
(cd "$folder" && rm -f counter.log counter.log.lock && ./readme > readme.found && ./readme | tail -n 1 >> readme.found)
diff "$folder/readme.wanted" "$folder/readme.found" && echo "readme: the program prints what it should"
