#!/usr/bin/env bash
# Tries lua/patches on the Lua 5.4 of another version of the crate lua-src and prints the hunks that do not apply.
#
# Use: scripts/lua-update.sh [VERSION], by default the newest version. Nothing in the repository changes.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

version=${1:-}
probe=target/lua-update
mkdir -p "$probe/src"
: > "$probe/src/lib.rs"
cat > "$probe/Cargo.toml" <<TOML
[package]
name = "lua-update"
version = "0.0.0"
edition = "2024"

[dependencies]
lua-src = "${version:+=}${version:-*}"

[workspace]
TOML
rm -f "$probe/Cargo.lock"
echo "lua-update: fetching lua-src ${version:-(the newest)}"
manifest=$(cargo metadata --quiet --format-version 1 --manifest-path "$probe/Cargo.toml" |
  node -e 'let text = ""; process.stdin.on("data", (part) => text += part).on("end", () =>
    console.log(JSON.parse(text).packages.find(({ name }) => name === "lua-src").manifest_path))')
lua=$(find "$(dirname "$manifest")" -maxdepth 1 -name 'lua-5.4.*' | sort -V | tail -n 1)
[ -n "$lua" ] || { echo "lua-update: no Lua 5.4 in lua-src ${version:-(the newest)}" >&2; exit 1; }
echo "lua-update: trying the patches on $(basename "$lua")"
cargo run --quiet --package lua-patcher -- lua/patches "$lua"
