// Compares large operands in Node: the module's own arithmetic and num-bigint, compiled for the same target, in each
// operation.
//
//   node tests/bench/num_bigint.mjs     after `make target/cu-large.wasm`
//
// cu runs as shipped, except for an arena of 16 MiB, because numbers of a million digits need it; its time includes the
// script. num-bigint is called directly and is compiled for speed (the profile `wasm`, opt-level 3). Both answers are
// compared. The two take turns, and a figure is the best of the rounds.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cu } from '../../host-js/index.js';
import { formatGrid } from './table.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MODULE = 'target/cu-large.wasm';
const SIZES = [100_000, 1_000_000];
/** Rounds for each size: what is short is noisy. */
const ROUNDS = { 100_000: 20, 1_000_000: 3 };
/** What takes longer is measured once. */
const SLOW_MILLISECONDS = 2000;

/** How many times as fast as num-bigint the module's own arithmetic is to be: else it could be num-bigint. */
export const TIMES_AS_FAST = 3;

/** Digits that look random, the same in every run. */
function digits(count, seed) {
  let state = seed;
  let text = '';
  while (text.length < count) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    text += 1_000_000_000n + (state >> 34n);
  }
  return text.slice(0, count);
}

/** Scripts over the globals `a` and `b`, and the same with num-bigint's functions; `b` is an exponent where there is one. */
const OPERATIONS = [
  { name: 'multiply', a: (size) => digits(size, 1n), b: (size) => digits(size, 2n), lua: 'c = a * b', theirs: ({ multiply }, a, b) => multiply(a, b) },
  { name: 'square', a: (size) => digits(size, 3n), b: () => '0', lua: 'c = a * a', theirs: ({ multiply }, a) => multiply(a, a) },
  { name: 'divide 2n by n', a: (size) => digits(2 * size, 4n), b: (size) => digits(size, 5n), lua: 'c = a // b', theirs: ({ divide }, a, b) => divide(a, b) },
  { name: 'power', a: () => '123456789', b: (size) => String(Math.floor(size / Math.log10(123456789))), lua: 'c = a ^ n', theirs: ({ power }, a, b, exponent) => power(a, exponent) },
  { name: 'to decimal', a: (size) => digits(size, 6n), b: () => '0', lua: 'c = tostring(a)', isText: true, theirs: ({ text }, a) => text(a, 10) },
];

/** num-bigint, built where it is not, or is old. */
function load() {
  const build = 'cargo build --quiet --profile wasm --target wasm32v1-none --package cu-bench-num-bigint';
  execFileSync('bash', ['-c', `. scripts/environment.sh && ${build}`], { cwd: ROOT, stdio: 'inherit' });
  return new WebAssembly.Module(readFileSync(`${ROOT}target/wasm32v1-none/wasm/cu_bench_num_bigint.wasm`));
}

function timed(work) {
  const start = performance.now();
  const result = work();
  return { milliseconds: performance.now() - start, result };
}

/** A number in a new instance of num-bigint. */
function put(exports, decimal) {
  const hex = BigInt(decimal).toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').reverse();
  const room = exports.room(bytes.length);
  new Uint8Array(exports.memory.buffer, room, bytes.length).set(bytes);
  return exports.read(room, bytes.length);
}

function measureTheirs(module, { theirs, isText }, a, b) {
  const { exports } = new WebAssembly.Instance(module);
  const [left, right] = [put(exports, a), put(exports, b)];
  const { milliseconds, result } = timed(() => theirs(exports, left, right, Number(b.slice(0, 15))));
  const text = isText ? result : exports.text(result, 16);
  const answer = Buffer.from(exports.memory.buffer, exports.text_start(text), exports.text_length(text)).toString();
  return { milliseconds, answer };
}

async function measureOurs(module, { lua, isText }, a, b) {
  const cu = await Cu.create({ module });
  cu.compute('new = require("bigint").new');
  for (const [name, number] of [['a', a], ['b', b]]) cu.compute(`${name} = new("${number}")`);
  cu.compute(`n = ${b.slice(0, 15)}`);
  const { milliseconds } = timed(() => cu.compute(lua));
  return { milliseconds, answer: cu.compute(isText ? 'return c' : 'return require("bigint").tostring(c, 16)').value };
}

/** Milliseconds of both for each operation and size. */
export async function measureBesideNumBigint(progress = () => {}) {
  const ours = await WebAssembly.compile(readFileSync(`${ROOT}${MODULE}`));
  const theirs = load();
  const results = [];
  for (const operation of OPERATIONS) {
    for (const size of SIZES) {
      progress(`${operation.name}, ${size}`);
      const [a, b] = [operation.a(size), operation.b(size)];
      const best = { ours: Infinity, theirs: Infinity };
      for (let round = 0; round < ROUNDS[size]; round += 1) {
        const one = await measureOurs(ours, operation, a, b);
        const other = round > 0 && best.theirs > SLOW_MILLISECONDS ? undefined : measureTheirs(theirs, operation, a, b);
        if (other !== undefined && one.answer !== other.answer) throw new Error(`${operation.name} of ${size} digits: num-bigint has others`);
        best.ours = Math.min(best.ours, one.milliseconds);
        best.theirs = Math.min(best.theirs, other?.milliseconds ?? Infinity);
      }
      results.push({ name: operation.name, digits: size, ...best });
    }
  }
  return results;
}

/** The figures as lines of text; `scale` turns this machine's times into those of the calibration's. */
export function describeBesideNumBigint(results, scale = 1) {
  const table = formatGrid(
    ['operation', 'digits', 'cu ms', 'num-bigint ms', 'num-bigint/cu'],
    results.map(({ name, digits: size, ours, theirs }) => [
      name, size.toLocaleString('en'), (ours * scale).toFixed(1), (theirs * scale).toFixed(1), `${(theirs / ours).toFixed(1)}x`,
    ]),
  );
  const short = results.filter(({ ours, theirs }) => theirs < TIMES_AS_FAST * ours);
  const verdict = short.length === 0
    ? `Each is at least ${TIMES_AS_FAST} times as fast as num-bigint.`
    : `Less than ${TIMES_AS_FAST} times as fast: ${short.map(({ name, digits: size }) => `${name} of ${size.toLocaleString('en')} digits`).join(', ')}.`;
  return `${table}\n${verdict}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(describeBesideNumBigint(await measureBesideNumBigint()));
}
