#!/usr/bin/env bash
# Counts the lines of code of the core: not empty, not comment alone. The core is load, section, compute, codec, imports and the store in memory, at most 600; the
# other parts of the one source are counted beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
lines() { awk '{ line = $0; if (inside) { if (line !~ /\*\//) next; sub(/.*\*\//, "", line); inside = 0 }
  gsub(/\/\*[^*]*\*\//, "", line); if (line ~ /\/\*/) { sub(/\/\*.*/, "", line); inside = 1 } if (line !~ /^[ \t]*$/) count++ } END { print count + 0 }' "$@"; }
CORE="cu_host.c core/bytes.c core/codec.c core/memory_store.c core/module.c core/imports.c core/instance.c"
MORE="core/json.c core/control.c core/errors.c core/turn.c core/calls.c"
[ "$(lines <(printf 'a; /* b */\n\n/* c\n d */\n  /* e */\n*f = 1;\n'))" = 2 ] || { echo "size: the count is wrong" >&2; exit 1; }
core=$(cat $CORE | lines)
printf 'size: the core has %s lines of code of at most 600; JSON, options and events, errors, calls by record have %s; cu_host.h has %s\n' \
  "$core" "$(cat $MORE | lines)" "$(lines cu_host.h)"
for file in $CORE $MORE; do if [ "${1:-}" = -v ]; then printf '  %s %s\n' "$(lines "$file")" "$file"; fi; done
[ "$core" -le 600 ]
