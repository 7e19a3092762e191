#!/usr/bin/env bash
# Installs the missing tools to build and test cu, and prints what it installs.
#
# Use: scripts/setup.sh [--to-run | --npm FOLDER | --browsers | --host-c | --python | --servers]. With --to-run it leaves out the tools that only tests and
# benchmarks need; with --npm it installs only the npm packages of that folder, with --browsers only what the tests in Firefox and WebKit need besides,
# with --host-c what all engines of host-c need, with --python only the packages for the host in Python, into target/python; with --servers only PostgreSQL
# and etcd, for the tests of stores.
#
# It runs on Debian or Ubuntu with root or sudo, or on macOS with Homebrew. In the end there are:
#   - a C compiler, for tests a C++ compiler, and a clang of version 17 or newer that knows the wasm32 target
#   - Rust 1.95 or newer with cargo, and the target wasm32v1-none (or what builds its core library)
#   - Node 20 or newer with npm, and the npm packages of package.json
#   - Python 3.8 or newer, for tests, without packages
#   - wasm2c, for tests of host-c
#   - Go 1.21 or newer, for tests, which fetches the version that host-go/go.mod names, and the modules of host-go
#   - Chromium, for tests
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/environment.sh

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: cannot go on: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---- the system's package manager ----

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else fail "installing needs root or sudo: $*"
  fi
}

apt_lists_are_fresh=no
install_packages() {
  say "installing $*"
  if have apt-get; then
    if [ "$apt_lists_are_fresh" = no ]; then
      as_root apt-get update -qq || fail "apt-get update failed: is there a network?"
      apt_lists_are_fresh=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
      fail "apt-get install $* failed"
  elif have brew; then
    brew install --quiet "$@" || fail "brew install $* failed"
  else
    fail "neither apt-get nor brew is here; install by hand: $*"
  fi
}

apt_has() { have apt-cache && [ -n "$(apt-cache show "$1" 2>/dev/null | head -n 1)" ]; }

# ---- C ----

wasm_clang() {
  local name
  for name in "${CU_CLANG:-}" clang-19 clang-20 clang-21 clang-22 /opt/homebrew/opt/llvm/bin/clang \
    /usr/local/opt/llvm/bin/clang clang; do
    if [ -n "$name" ] && have "$name" && "$name" --print-targets 2>/dev/null | grep -q wasm32 &&
      [ "$("$name" -dumpversion | cut -d. -f1)" -ge 17 ]; then
      return 0
    fi
  done
  return 1
}

# libFuzzer, which searches for what breaks the module, is C++.
setup_cpp() {
  have c++ || { if have apt-get; then install_packages g++; else fail "no C++ compiler: run xcode-select --install"; fi; }
}

setup_c() {
  have cc || { if have apt-get; then install_packages gcc libc6-dev; else fail "no C compiler: run xcode-select --install"; fi; }
  wasm_clang && return
  if have brew; then install_packages llvm; return; fi
  install_packages_first_of clang-19 clang
  wasm_clang || fail "the distribution's clang is older than 17 or lacks wasm32; install one and name it in CU_CLANG"
}

install_packages_first_of() {
  as_root apt-get update -qq || fail "apt-get update failed: is there a network?"
  apt_lists_are_fresh=yes
  local name
  for name in "$@"; do
    if apt_has "$name"; then install_packages "$name"; return; fi
  done
  fail "the distribution has none of: $*"
}

# ---- Rust ----

rust_is_new_enough() {
  have cargo && have rustc && [ "$(printf '1.95.0\n%s\n' "$(rustc --version | cut -d' ' -f2)" | sort -V | head -n 1)" = 1.95.0 ]
}

setup_rust() {
  if ! rust_is_new_enough; then
    if have rustup; then
      say "updating Rust with rustup"
      rustup toolchain install stable --profile minimal --component clippy,rustfmt || true
      rust_is_new_enough || fail "rustc is $(rustc --version), wanted 1.95 or newer"
    else
      install_rust
    fi
  fi
  setup_target
}

install_rust() {
  have curl || { have apt-get && install_packages curl ca-certificates; }
  say "installing Rust with rustup"
  if curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o /tmp/rustup-init.$$ 2>/dev/null &&
    sh /tmp/rustup-init.$$ -y --profile minimal --component clippy,rustfmt --no-modify-path; then
    rm -f /tmp/rustup-init.$$
  else
    rm -f /tmp/rustup-init.$$
    say "rustup cannot be fetched"
    apt_has cargo-web || fail "no Rust 1.95 or newer: rustup cannot be fetched and the distribution has no cargo-web"
    install_packages rustc-web cargo-web rust-web-src lld-19
  fi
  rust_is_new_enough || fail "no Rust 1.95 or newer after installing"
}

# The target's core library normally comes from rustup, otherwise from Debian's sources.
setup_target() {
  if [ "$(wasm_target_way)" != none ]; then return; fi
  if have rustup; then
    say "adding the Rust target wasm32v1-none"
    rustup target add wasm32v1-none && [ "$(wasm_target_way)" != none ] && return
    say "rustup cannot fetch the target"
  fi
  apt_has rustc-web || fail "the Rust target wasm32v1-none is missing: rustup target add wasm32v1-none"
  install_packages rustc-web rust-web-src lld-19
  [ "$(wasm_target_way)" != none ] || fail "Debian's rustc-web, rust-web-src and lld-19 do not suffice"
}

# The build asks cargo for the folder of Lua's sources, and cargo answers only when every crate is there.
setup_crates() {
  cargo fetch --quiet --locked --offline 2>/dev/null && return
  say "fetching the Rust crates of Cargo.lock"
  cargo fetch --quiet --locked || fail "cargo fetch failed: is there a network?"
}

# ---- Node ----

node_is_new_enough() { have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }

setup_node() {
  if ! node_is_new_enough; then
    if have brew; then install_packages node; else install_packages nodejs npm; fi
  fi
  if ! node_is_new_enough && have npm; then
    say "the distribution's Node is too old: installing Node 22 from npm into target/tools"
    npm install --silent --no-save --prefix target/tools node@22 >/dev/null || fail "npm install node@22 failed"
    hash -r
  fi
  node_is_new_enough || fail "Node 20 or newer with npm is wanted"
}

setup_npm_packages() {
  local folder
  for folder in "$@"; do
    if [ "$folder/package-lock.json" -nt "$folder/node_modules/.cu-installed" ]; then
      say "installing npm packages of $folder"
      (cd "$folder" && npm ci --silent >/dev/null) || fail "npm ci in $folder failed"
      touch "$folder/node_modules/.cu-installed"
    fi
  done
}

# ---- Python ----

python_is_new_enough() { have python3 && python3 -c 'import sys, unittest; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; }

setup_python() {
  python_is_new_enough || install_packages python3
  python_is_new_enough || fail "Python 3.8 or newer is wanted"
}

# ---- host-c ----

setup_wasm2c() {
  have wasm2c || install_packages wabt
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
}

setup_host_c() {
  setup_wasm2c
  have cmake || install_packages cmake
  have pkg-config || install_packages pkg-config
  have valgrind || install_packages valgrind
}

# ---- Go ----

# Go 1.21 and newer fetches the version that go.mod names.
go_is_new_enough() { have go && [ "$(printf '1.21\n%s\n' "$(go env GOVERSION | tr -d go)" | sort -V | head -n 1)" = 1.21 ]; }

setup_go() {
  if ! go_is_new_enough; then
    if have brew; then install_packages go; else install_packages golang-go ca-certificates; fi
  fi
  go_is_new_enough || fail "Go 1.21 or newer is wanted"
  [ -d target/go-mod ] && [ ! host-go/go.sum -nt target/go-mod ] && return
  say "fetching the Go modules of host-go"
  (export GOMODCACHE="$PWD/target/go-mod" GOFLAGS=-modcacherw && cd host-go && go mod download) || fail "go mod download failed: is there a network?"
  touch target/go-mod
}

# The packages of the host in Python, in a folder of their own.
setup_python_packages() {
  local wanted=host-python/requirements-test.txt
  cmp -s "$wanted" target/python/installed.txt && return
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || install_packages python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
  say "installing the packages of $wanted into target/python"
  python3 -m venv target/python && target/python/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted" ||
    fail "pip install failed: is there a network?"
  cp "$wanted" target/python/installed.txt
}

# ---- browsers ----

have_chromium() {
  [ -n "${CU_CHROMIUM:-}" ] || have chromium || have chromium-browser || have google-chrome ||
    [ -d "/Applications/Google Chrome.app" ] || [ -d /Applications/Chromium.app ]
}

# Ubuntu's package chromium-browser is a snap: a Chrome from elsewhere is named in CU_CHROMIUM there.
setup_chromium() {
  have_chromium && return
  if have brew; then brew install --quiet --cask chromium || fail "brew install chromium failed"; else install_packages chromium; fi
}

have_firefox() {
  [ -n "${CU_FIREFOX:-}" ] || have firefox-esr || have firefox || [ -d /Applications/Firefox.app ]
}

have_webkit() {
  { [ -n "${CU_WEBKIT:-}" ] || have WebKitWebDriver; } && have Xvfb &&
    /usr/bin/python3 -c 'import gi; gi.require_version("Gtk", "3.0"); gi.require_version("WebKit2", "4.1")' 2>/dev/null
}

setup_firefox() {
  have_firefox && return
  if have brew; then brew install --quiet --cask firefox || fail "brew install firefox failed"; return; fi
  apt_has firefox-esr || fail "the distribution has no package firefox-esr: install a Firefox and name it in CU_FIREFOX"
  install_packages firefox-esr
}

# WebKitGTK, its driver, a display in memory, and what tests/browser/engines/webkit.py needs to be a browser.
setup_webkit() {
  have_webkit && return
  have apt-get || { say "WebKitGTK is not for this system: run the tests with CU_BROWSERS=chromium,firefox"; return; }
  install_packages webkit2gtk-driver xvfb python3-gi gir1.2-webkit2-4.1
  have_webkit || fail "webkit2gtk-driver, xvfb, python3-gi and gir1.2-webkit2-4.1 do not suffice for WebKit 4.1"
}

# ---- servers that keep stores ----

have_postgres() { [ -n "${CU_POSTGRES:-}" ] || have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
have_etcd() { [ -n "${CU_ETCD:-}" ] || have etcd; }

# Tests start servers of their own.
setup_servers() {
  have_postgres || if have brew; then brew install --quiet postgresql; else install_packages postgresql; fi
  have_etcd || if have brew; then brew install --quiet etcd; elif apt_has etcd-server; then install_packages etcd-server; else install_packages etcd; fi
  have_postgres && have_etcd || fail "no initdb or no etcd after installing: name the folder of PostgreSQL's programs in CU_POSTGRES, and etcd in CU_ETCD"
}

if [ "${1:-}" = --servers ]; then
  setup_servers
  exit
fi
if [ "${1:-}" = --browsers ]; then
  setup_chromium
  setup_firefox
  setup_webkit
  setup_npm_packages tests/browser
  exit
fi
if [ "${1:-}" = --host-c ]; then
  setup_host_c
  exit
fi
if [ "${1:-}" = --npm ]; then
  setup_npm_packages "$2"
  exit
fi

if [ "${1:-}" = --python ]; then
  setup_python_packages
  exit
fi

setup_c
setup_rust
setup_crates
setup_node
if [ "${1:-}" = --to-run ]; then
  setup_npm_packages .
else
  setup_cpp
  setup_python
  setup_wasm2c
  setup_go
  setup_chromium
  setup_npm_packages . tests/bench
fi
say "ready: $(rustc --version | cut -d' ' -f1-2), target by $(wasm_target_way), node $(node --version)"
