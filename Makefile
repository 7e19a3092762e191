# One command each; `make help` lists them.

SHELL := bash
.DEFAULT_GOAL := help
WASM_SOURCES := $(shell find src abi/src bigint unwind/src build lua build.rs scripts Cargo.toml Cargo.lock package-lock.json -type f)
# CI has no progress to show; a person wants to see what runs.
CARGO := . scripts/environment.sh && cargo

.PHONY: help setup run wasm wasm-minimal native package serve demo hosts conformance test test-rust test-node test-package test-python test-python-host test-python-host-long test-go test-go-long test-c test-c-all test-chromium test-browsers test-fuzz fuzz fuzz-corpus calibrate size bench bench-all bench-check engines performance lint format profile lua-update mirrors clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-21s %s\n", $$1, $$2}'

setup: ## Install what is missing (Debian, Ubuntu, macOS)
	@scripts/setup.sh

run: ## Build everything and run a sample script
	@scripts/setup.sh --to-run
	+@scripts/build-cu.sh
	@target/release/cu run examples/hello.lua

wasm: setup dist/cu.wasm ## Build dist/cu.wasm (ARENA_MIB=16 for a larger arena)

# A file that says for which arena the modules were built: another one is newer than they are.
ARENA := target/arena-$(or $(ARENA_MIB),2)-mib
$(ARENA):
	@mkdir -p target && rm -f target/arena-*-mib && touch $@

dist/cu.wasm: $(WASM_SOURCES) $(ARENA)
	@scripts/build-wasm.sh $@
	@cp $@ dist/lua.wasm

# The module of the tests that make allocations fail.
target/cu-faults.wasm: $(WASM_SOURCES) $(ARENA)
	@scripts/build-wasm.sh $@ --features faults

wasm-minimal: setup target/cu-minimal.wasm ## Build target/cu-minimal.wasm, without big integers, the database and compression

target/cu-minimal.wasm: $(WASM_SOURCES) $(ARENA)
	@scripts/build-wasm.sh $@ --no-default-features

# The module that benchmarks compare with, to see what the budget costs.
target/cu-unlimited.wasm: $(WASM_SOURCES) $(ARENA)
	@scripts/build-wasm.sh $@ --features unlimited

# The module with room for numbers of a million digits, for benchmarks.
target/cu-large.wasm: $(WASM_SOURCES)
	@ARENA_MIB=16 scripts/build-wasm.sh $@

native: setup ## Build native Lua from the same sources (tests, benchmarks)
	@$(CARGO) build --quiet --release --package native-lua

package: setup dist/cu.wasm ## Build the bundles for pages, and the package for npm, into dist/
	@. scripts/environment.sh && node scripts/bundle.mjs && cd host-js && npm pack --silent --pack-destination ../dist

serve: setup dist/cu.wasm ## Serve the package, a demo page and the old file names at http://localhost:8000 (OPTIONS=--help)
	@. scripts/environment.sh && node scripts/serve.mjs $(OPTIONS)

# Its files are answered first, so the playground is at `/`, and all that `make serve` has is there, too.
demo: setup dist/cu.wasm ## Build the playground, and serve it at http://localhost:8000 (OPTIONS=--help)
	@. scripts/environment.sh && node scripts/playground.mjs && node scripts/serve.mjs --folder dist/playground --homes dist/shared-homes $(OPTIONS)

hosts: setup ## Build the command line `cu`
	+@scripts/build-cu.sh

test: setup test-rust test-node test-python test-python-host test-go test-c test-chromium test-fuzz ## Run all tests

# The Rust tests build both, too, so they are there after test-rust.
target/release/cu:
	@$(CARGO) build --quiet --release --package cu-cli

target/release/native-lua:
	@$(CARGO) build --quiet --release --package native-lua

test-rust: dist/cu.wasm target/cu-faults.wasm native ## Run those in Rust alone
	@$(CARGO) test --release --workspace --features cu-host/wasmi

# Node 20 can hang at its exit when a background compilation waits for a collection: none is in the background here.
test-node: dist/cu.wasm target/cu-faults.wasm target/cu-minimal.wasm target/release/cu target/release/native-lua ## Run those of hosts and module in Node
	@. scripts/environment.sh && node --no-concurrent-recompilation --test host-js/test/*.test.js tests/node/*.test.mjs tests/package/*.test.mjs

test-package: setup dist/cu.wasm ## Run the package for npm in every runtime, bundler and browser (2 minutes; fetches 1 GB)
	@. scripts/environment.sh && scripts/setup.sh --npm tests/package
	@. scripts/environment.sh && node --no-concurrent-recompilation --test tests/package/*.test.mjs tests/package/matrix/*.test.mjs

test-python: ## Run those of the contract in Python
	@python3 -B -m unittest discover --quiet --start-directory tests/python

test-c: dist/cu.wasm ## Run those of the host in C, over wasm2c and wasm3
	+@. scripts/environment.sh && $(MAKE) --no-print-directory -C host-c test

test-c-all: dist/cu.wasm ## Run them over every engine, with the sanitizers and valgrind (15 minutes)
	+@. scripts/environment.sh && scripts/setup.sh --host-c && $(MAKE) --no-print-directory -C host-c test-all

GO := . scripts/environment.sh && cd host-go && GOMODCACHE=$(CURDIR)/target/go-mod GOFLAGS=-modcacherw go

test-go: setup dist/cu.wasm ## Run those of the host in Go, with both engines of wazero (1 minute)
	@. scripts/environment.sh && cd host-go && test -z "$$(gofmt -l . | tee /dev/stderr)"
	@$(GO) vet ./...
	@$(GO) test ./...

test-go-long: test-go ## The same with the race detector, 50 processes that are killed, on 32 bits, and fuzzing (8 minutes)
	@export CU_ROUNDS=50; $(GO) test -race ./...
	@if [ "$$(uname -sm)" = "Linux x86_64" ]; then export GOARCH=386; $(GO) test .; fi
	@for target in Decode DecodeKey DecodeCall ReadInfo; do ($(GO) test -run XXX -fuzz "^Fuzz$$target\$$" -fuzztime 30s -fuzzminimizetime 10x .) || exit 1; done

# ---- the host in Python ----

test-python-host: dist/cu.wasm ## Run those of the host in Python, in a folder of its own for packages (1 minute)
	@scripts/setup.sh --python
	@target/python/bin/python -B -m pytest host-python

test-python-host-long: dist/cu.wasm ## The same, with 200 processes that are killed (10 minutes)
	@scripts/setup.sh --python
	@CU_ROUNDS=200 target/python/bin/python -B -m pytest host-python

# ---- stores on servers ----

.PHONY: servers test-postgres test-etcd test-servers bench-stores
test-rust: servers

servers: ## Install PostgreSQL and etcd, for tests
	@scripts/setup.sh --servers

test-postgres: dist/cu.wasm servers ## Kill processes and PostgreSQL 200 times, cut its connections at every byte (15 minutes)
	@CU_KILLS=$${CU_KILLS:-200} CU_ROUNDS=$${CU_ROUNDS:-100} && export CU_KILLS CU_ROUNDS && $(CARGO) test --release --package cu-postgres

test-etcd: dist/cu.wasm servers ## The same with nodes of a cluster of etcd (15 minutes)
	@CU_KILLS=$${CU_KILLS:-200} CU_ROUNDS=$${CU_ROUNDS:-50} && export CU_KILLS CU_ROUNDS && $(CARGO) test --release --package cu-etcd

test-servers: dist/cu.wasm servers ## Kill and pause copies of cu serve under load 200 times, on a folder, PostgreSQL and etcd (30 minutes)
	@CU_ROUNDS=$${CU_ROUNDS:-200} && export CU_ROUNDS && $(CARGO) test --release --package cu-cli --test serve --test servers -- --nocapture

bench-stores: dist/cu.wasm ## Measure stores (STORES="memory: home.redb postgres://... etcd://...")
	@$(CARGO) run --quiet --release --package cu-stores --example stores -- $(or $(STORES),memory: target/bench.redb)

BROWSER_TESTS := node --no-concurrent-recompilation --test tests/browser/*.test.mjs

test-chromium: dist/cu.wasm ## Run those of browsers in Chromium (2 minutes)
	@. scripts/environment.sh && $(BROWSER_TESTS)

test-browsers: setup dist/cu.wasm ## Run those of browsers in Chromium, Firefox and WebKit, which are killed 50 times each (15 minutes)
	@. scripts/environment.sh && scripts/setup.sh --browsers
	@. scripts/environment.sh && CU_BROWSERS=$${CU_BROWSERS:-chromium,firefox,webkit} CU_ROUNDS=$${CU_ROUNDS:-50} $(BROWSER_TESTS)

# Seconds for each target of a search.
FUZZ_SECONDS := 600

# With one seed, so that a commit that passed does not fail later for what is not of it; `make fuzz` takes new ones.
test-fuzz: setup dist/cu.wasm ## Search for half a minute with each fuzz target (5 minutes, with building them)
	@CU_SEED=$${CU_SEED:-1} tests/fuzz/run.sh 30

fuzz: dist/cu.wasm target/cu-faults.wasm target/release/native-lua ## Search longer, change bytes of a store, look for slow scripts, wait in random order (90 minutes)
	@tests/fuzz/run.sh $(FUZZ_SECONDS)
	@. scripts/environment.sh && for target in value key function slow; do node tests/node/fuzz.mjs $$target $(FUZZ_SECONDS); done
	@. scripts/environment.sh && CU_SEED=$${CU_SEED:-$$RANDOM$$RANDOM} CU_ROUNDS=20000 node --no-concurrent-recompilation --test tests/node/waits_model.test.mjs

fuzz-corpus: setup dist/cu.wasm ## Keep in the corpus what searches found that is new
	@MERGE=1 tests/fuzz/run.sh 0

calibrate: setup dist/cu.wasm ## Measure the time per unit of the budget (OPTIONS=--help)
	@. scripts/environment.sh && node tests/bench/calibrate.mjs $(OPTIONS)

conformance: setup dist/cu.wasm ## Record what the conformance kit expects anew (OPTIONS: names of clauses)
	@. scripts/environment.sh && node --no-concurrent-recompilation tests/conformance/record.mjs $(OPTIONS)

size: setup dist/cu.wasm ## Print what the module's bytes are spent on (OPTIONS=--help)
	@. scripts/environment.sh && node scripts/size.mjs $(OPTIONS)

# What is measured besides the module; cargo knows whether it is old.
.PHONY: bench-engines
bench-engines: setup native hosts
	@$(CARGO) build --quiet --release --package cu-host --example startup --example calls --example instances
	@$(CARGO) build --quiet --release --package cu-server --example load --package cu-stores --example stores

bench: bench-engines target/cu-large.wasm ## Measure against native Lua and wasmoon (6 minutes; OPTIONS=--help)
	@. scripts/environment.sh && node tests/bench/bench.mjs $(OPTIONS)

bench-all: bench-engines target/cu-unlimited.wasm target/cu-large.wasm ## Measure in every engine that is there (11 minutes)
	@. scripts/environment.sh && node tests/bench/bench.mjs --engines all $(OPTIONS)

engines: setup native dist/cu.wasm ## Run the conformance kit on every engine, measure, write docs/engines.md (30 minutes; OPTIONS=--help)
	@. scripts/environment.sh && node tests/engines/engines.mjs $(OPTIONS)

bench-check: setup native dist/cu.wasm ## Warn of what is slower or larger than recorded (2 minutes)
	@. scripts/environment.sh && node tests/bench/check.mjs $(OPTIONS)

performance: bench-engines target/cu-unlimited.wasm target/cu-large.wasm ## Record the figures of bench-all, write docs/performance.md
	@. scripts/environment.sh && node tests/bench/bench.mjs --engines all --record $(OPTIONS)

lint: setup dist/cu.wasm ## Check formatting and lints
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --quiet --release --workspace --all-targets --features cu-host/wasmi -- -D warnings
	@scripts/features.sh
	@$(CARGO) clippy --quiet --profile wasm --target wasm32v1-none --lib -- -D warnings
	@$(CARGO) clippy --quiet --profile wasm --target wasm32v1-none --lib --no-default-features -- -D warnings
	@$(CARGO) clippy --quiet --profile wasm --target wasm32v1-none --package cu-bench-num-bigint -- -D warnings
	@. scripts/environment.sh && node_modules/.bin/eslint host-js playground && node scripts/lint_browsers.mjs

format: ## Format the sources
	@$(CARGO) fmt --all

profile: setup ## Count anew which branches of Lua are hot (after changes of Lua's C)
# Where the profile no longer fits, the build stops, but not before it has written what is to be counted.
	@$(MAKE) --no-print-directory dist/cu.wasm >/dev/null 2>&1 || true
	@scripts/profile.sh

lua-update: setup ## Try the patches on another Lua 5.4 (VERSION=547.0.0 of the crate lua-src)
	@scripts/lua-update.sh $(VERSION)

mirrors: ## Print the constants of abi/ again for C, JavaScript, Go and Python
	@$(CARGO) run --quiet --package cu-abi --bin mirror -- c > abi/cu.h
	@$(CARGO) run --quiet --package cu-abi --bin mirror -- js > host-js/abi.js
	@$(CARGO) run --quiet --package cu-abi --bin mirror -- go > host-go/abi.go
	@$(CARGO) run --quiet --package cu-abi --bin mirror -- python > host-python/cu/abi.py

clean: ## Remove everything that was built
	rm -rf target dist node_modules tests/bench/node_modules
