# Sourced by the other scripts: where tools are that setup put aside, and which way to the wasm target works.

# Rust of rustup, and the Node that setup installed when the system's is too old.
for directory in "$HOME/.cargo/bin" "$PWD/target/tools/node_modules/.bin"; do
  case ":$PATH:" in
    *":$directory:"*) ;;
    *) if [ -d "$directory" ]; then PATH="$directory:$PATH"; fi ;;
  esac
done
export PATH

# Prints how the core library of wasm32v1-none is had: rustup, debian or none. CU_WASM_TARGET=debian chooses.
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
