#!/usr/bin/env bash
# Counts the lines of code of the core, neither empty nor comment alone, and looks that each file that it includes is counted.
set -euo pipefail
cd "$(dirname "$0")/.."
MOST=600
CORE="core/core.c core/bytes.c core/codec.c core/memory_store.c core/module.c core/imports.c core/errors.c core/compute.c"
lines() { awk '{ sub(/^[ \t]+/, "") } inside { if (/\*\//) inside = 0; next } /^\/\*/ { if (!/\*\//) inside = 1; next } /^$/ || /^\/\// { next } { count++ } END { print count + 0 }' "$@"; }
[ "$(printf 'a; /* b */\n\n/* c\n d */\n  /* e */\n*f = 1;\n // g\n' | lines)" = 2 ] || { echo "size: the count is wrong" >&2; exit 1; }
if [ "${1:-}" = -v ]; then for file in $CORE; do printf '  %s %s\n' "$(lines "$file")" "$file"; done; fi
included=$(cat $CORE | sed -n 's/^#include "\([a-z_]*\.c\)"$/core\/\1/p')
[ "$(echo core/core.c "$included" | tr '\n' ' ' | xargs)" = "$CORE" ] || { echo "size: the core includes other files than are counted: $included" >&2; exit 1; }
[ "$(echo $CORE | tr ' ' '\n' | sort)" = "$(ls core/*.c)" ] || { echo "size: a file of core/ is not counted" >&2; exit 1; }
core=$(cat $CORE | lines)
echo "size: the core has $core lines of code of at most $MOST, the header $(lines cu_host.h)"
[ "$core" -le "$MOST" ]
