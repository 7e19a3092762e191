// Measures what an embedder's decisions cost in each host, and prints the table of docs/hosting.md, "What an embedder decides".
//
//   node tests/bench/decisions.mjs [ROUNDS]
//
// Each host is a program of its own in decisions/, which prints lines `name microseconds`; of all rounds (5), the least counts. A host
// whose tools are not there is left out, and the reason is said.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILT = `${ROOT}target/decisions`;
const PLACE = '$PLACE'; // a folder for files, new for each round

/** The hosts: how each is built, and run, in the root of the repository. */
const HOSTS = {
  'JavaScript, Node': { run: `node --no-concurrent-recompilation tests/bench/decisions/node.mjs ${PLACE}/kept.cu` },
  'Rust, Wasmtime': {
    build: 'cargo build --quiet --release --package cu-host --example decisions',
    run: `target/release/examples/decisions ${PLACE}/kept.redb`,
  },
  'C, wasm2c': {
    build: `make --silent -C host-c check_readme && cd host-c && cc -std=c11 -O2 -D_GNU_SOURCE -I. -I../abi -Iadd_ons -Iengines
      ../tests/bench/decisions/c.c cu_host.c add_ons/*.c ../target/host-c/wasm2c.o ../target/host-c/wasm2c/cu_wasm2c.o -lm -o ${BUILT}/c`,
    run: `${BUILT}/c tests/bench/decisions/decisions.lua ${PLACE}/kept.log`,
  },
  'Go, wazero': {
    build: `cd host-go && GOMODCACHE=${ROOT}target/go-mod GOFLAGS=-modcacherw go build -o ${BUILT}/go ../tests/bench/decisions/go.go`,
    run: `cd host-go && ${BUILT}/go ${PLACE}`,
  },
  'Python, Wasmtime': { run: `target/python/bin/python -B tests/bench/decisions/python.py ${PLACE}/kept.db` },
};

const number = (value, digits) => (value === undefined ? '-' : value.toFixed(digits));
const ratio = (name) => (found) => number(found[name] / found.loop, 2);
const microseconds = (name) => (found) => number(found[name], found[name] < 10 ? 1 : 0);

/** What a row of the table says, and how. */
export const ROWS = {
  'start with compiled code from a file, ms': (found) => number(found.cached && found.cached / 1000, 0),
  'a loop with `instructions`, as a multiple': ratio('loop_budget'),
  'the same with a time limit besides': ratio('loop_time_limit'),
  'a call that changes a table in memory, µs': microseconds('change'),
  'the same, atomic by the module': microseconds('change_atomic'),
  'the same, atomic by the store': microseconds('change_atomic_host'),
  'a call that changes the store in a file, µs': microseconds('kept_change'),
  'a call that only reads it': microseconds('kept_look'),
};
export const COLUMNS = Object.keys(HOSTS);

const shell = (command, place = '') => execFileSync('bash', ['-ec', `. scripts/environment.sh; ${command.replace(/\n\s*/g, ' ')}`], {
  cwd: ROOT, encoding: 'utf8', env: { ...process.env, PLACE: place }, stdio: ['ignore', 'pipe', 'pipe'],
});

/** The least of each name that a host printed in all rounds. */
function measure({ run }, rounds) {
  const least = {};
  for (let round = 0; round < rounds; round++) {
    const place = mkdtempSync(join(tmpdir(), 'cu-decisions-'));
    for (const [, name, value] of shell(run, place).matchAll(/^(\w+) ([\d.]+)$/gm)) least[name] = Math.min(least[name] ?? Infinity, Number(value));
    rmSync(place, { recursive: true });
  }
  return least;
}

function main(rounds) {
  const measured = {};
  shell(`mkdir -p ${BUILT}`);
  for (const [name, host] of Object.entries(HOSTS)) {
    try {
      if (host.build !== undefined) shell(host.build);
      measured[name] = measure(host, rounds);
    } catch (error) {
      console.error(`${name} is left out: ${error.stderr || error.message}`);
    }
  }
  const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
  row(['', ...Object.keys(measured)]);
  row(['---', ...Object.keys(measured).map(() => '--:')]);
  for (const [name, cell] of Object.entries(ROWS)) row([name, ...Object.values(measured).map(cell)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(Number(process.argv[2] ?? 5));
