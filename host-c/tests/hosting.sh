#!/usr/bin/env bash
# Takes the program in C and what it prints out of ../docs/hosting.md, compiles it with the flags given, runs it twice, and compares: the
# second run goes on with what the first one kept.
#
# Use: tests/hosting.sh FOLDER FLAGS..., in host-c; FOLDER is where the program is written to.
set -euo pipefail
folder=$1; shift
# The first block of a language.
block() { awk -v fence="\`\`\`$1" '$0 == fence && !seen { inside = 1; seen = 1; next } inside && $0 == "```" { exit } inside' ../docs/hosting.md; }
block c > "$folder/hosting.c"
block text > "$folder/hosting.first"
grep -q 'so far: 4' "$folder/hosting.first" || { echo "hosting: docs/hosting.md does not say what the program prints" >&2; exit 1; }
{ cat "$folder/hosting.first"; sed 's/so far: 4/so far: 8/' "$folder/hosting.first"; } > "$folder/hosting.wanted"
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$folder/hosting.c" "$@" -o "$folder/hosting"
(cd "$folder" && mkdir -p target && rm -f target/shop.* && ./hosting > hosting.found && ./hosting >> hosting.found)
diff "$folder/hosting.wanted" "$folder/hosting.found" && echo "hosting: the program prints what it should"
