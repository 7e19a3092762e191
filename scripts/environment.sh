# Sourced by the other scripts: finds the tools that setup installed, and which toolchain can build for wasm.

# Rustup's Rust, and the Node that setup installed if the system's is too old.
for directory in "$HOME/.cargo/bin" "$PWD/target/tools/node_modules/.bin"; do
  case ":$PATH:" in
    *":$directory:"*) ;;
    *) if [ -d "$directory" ]; then PATH="$directory:$PATH"; fi ;;
  esac
done
export PATH

# Prints where the core library of wasm32v1-none comes from: rustup, debian or none. CU_WASM_TARGET=debian chooses
# debian.
wasm_target_way() {
  if [ "${CU_WASM_TARGET:-rustup}" = rustup ] &&
    [ -d "$(rustc --print target-libdir --target wasm32v1-none 2>/dev/null)" ]; then
    echo rustup
  elif [ -x /usr/bin/rustc ] && [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/core" ] &&
    command -v wasm-ld-19 >/dev/null 2>&1; then
    echo debian
  else
    echo none
  fi
}
