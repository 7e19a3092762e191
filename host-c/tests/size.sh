#!/usr/bin/env bash
# Counts the lines of code of the core, which is the one source that a program compiles: cu_host.c with all of core/. Not empty, not comment alone.
set -euo pipefail
cd "$(dirname "$0")/.."
MOST=1260
lines() { awk '{ line = $0; if (inside) { if (line !~ /\*\//) next; sub(/.*\*\//, "", line); inside = 0 }
  gsub(/\/\*[^*]*\*\//, "", line); if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); inside = 1 } if (line !~ /^[ \t]*$/) count++ } END { print count + 0 }' "$@"; }
[ "$(lines <(printf 'a; /* b */\n\n/* c\n d */\n  /* e */\n*f = 1;\n'))" = 2 ] || { echo "size: the count is wrong" >&2; exit 1; }
core=$(cat cu_host.c core/*.c | lines)
for file in cu_host.c core/*.c; do if [ "${1:-}" = -v ]; then printf '  %s %s\n' "$(lines "$file")" "$file"; fi; done
echo "size: the core has $core lines of code of at most $MOST, the header $(lines cu_host.h)"
[ "$core" -le "$MOST" ]
