// Big integers of cu in Node, compared with JavaScript's BigInt and with a library in plain Lua in wasmoon. All three
// run the same algorithms.
//
// They take turns within a round, and a figure is the best of the rounds.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Cu } from '../../host-js/index.js';
import { Worker, missing } from './engines.mjs';
import { formatGrid } from './table.mjs';

const LIBRARY = readFileSync(new URL('bigint.lua', import.meta.url), 'utf8');

const ROUNDS = 5;

const E_DIGITS = 100_000;
const E_TERMS = 25_300;
const FIBONACCI = 1_000_000;
const MODULUS_DIGITS = 10_000;
const EXPONENT_BITS = 256;

/** Each program returns a text of digits, in Lua and in JavaScript. */
const PROGRAMS = [
  {
    name: `e to ${E_DIGITS.toLocaleString('en')} digits`,
    lua: `
      local function split(a, b)
        if b - a == 1 then return one, new(b) end
        local m = (a + b) // 2
        local p, q = split(a, m)
        local r, s = split(m, b)
        return p * s + r, q * s
      end
      local p, q = split(0, ${E_TERMS})
      return tostring((p + q) * new(10) ^ ${E_DIGITS} // q)`,
    model: () => {
      const split = (a, b) => {
        if (b - a === 1) return [1n, BigInt(b)];
        const m = Math.floor((a + b) / 2);
        const [p, q] = split(a, m);
        const [r, s] = split(m, b);
        return [p * s + r, q * s];
      };
      const [p, q] = split(0, E_TERMS);
      return String(((p + q) * 10n ** BigInt(E_DIGITS)) / q);
    },
  },
  {
    name: `fib(${FIBONACCI.toLocaleString('en')}), printed`,
    lua: `
      local function fib(n)
        if n == 0 then return new(0), one end
        local a, b = fib(n // 2)
        local c, d = a * (b * 2 - a), a * a + b * b
        if n % 2 == 0 then return c, d end
        return d, c + d
      end
      return tostring((fib(${FIBONACCI})))`,
    model: () => {
      const fib = (n) => {
        if (n === 0) return [0n, 1n];
        const [a, b] = fib(Math.floor(n / 2));
        const [c, d] = [a * (b * 2n - a), a * a + b * b];
        return n % 2 === 0 ? [c, d] : [d, c + d];
      };
      return String(fib(FIBONACCI)[0]);
    },
  },
  {
    name: `${MODULUS_DIGITS.toLocaleString('en')}-digit modular power, ${EXPONENT_BITS} bits`,
    lua: `
      local m = new(10) ^ ${MODULUS_DIGITS} + 7
      return tostring((m // 3):powmod(new(2) ^ ${EXPONENT_BITS} - 1, m))`,
    model: () => {
      const modulus = 10n ** BigInt(MODULUS_DIGITS) + 7n;
      let [power, square] = [1n, modulus / 3n];
      for (let rest = 2n ** BigInt(EXPONENT_BITS) - 1n; rest > 0n; rest >>= 1n) {
        if (rest & 1n) power = (power * square) % modulus;
        square = (square * square) % modulus;
      }
      return String(power);
    },
  },
  {
    name: 'a million sums of small numbers',
    lua: 'local x = one for i = 1, 1000000 do x = x + i end return tostring(x)',
    model: () => {
      let x = 1n;
      for (let i = 1; i <= 1_000_000; i += 1) x += BigInt(i);
      return String(x);
    },
  },
];

/** A worker gets one file, so the file has the library, too. Compiling the library takes one or two milliseconds. */
const withLibrary = (lua) => `local new = (function() ${LIBRARY}\nend)().new local one = new(1) ${lua}`;

function timed(program) {
  const start = performance.now();
  const text = program();
  return { milliseconds: performance.now() - start, text };
}

/** The functions that run a program: each returns its milliseconds and its digits, or an error. */
function runners(module, worker, file) {
  const both = {
    javascript: ({ model }) => timed(model),
    cu: async ({ lua }) => {
      const cu = await Cu.create({ module });
      cu.compute('new = require("bigint").new one = new(1)');
      return timed(() => cu.compute(lua).value);
    },
  };
  if (worker === undefined) return both;
  const wasmoon = async ({ lua }) => {
    writeFileSync(file, withLibrary(lua));
    const { microseconds, checksum, error } = await worker.run(file);
    return { milliseconds: microseconds / 1000, text: checksum, error };
  };
  return { ...both, wasmoon };
}

async function measureRound(run, results) {
  for (const [index, program] of PROGRAMS.entries()) {
    const result = results[index];
    let digits;
    for (const who of Object.keys(run)) {
      if (result.problems[who] !== undefined) continue;
      const { milliseconds, text, error } = await run[who](program);
      digits ??= text; // from JavaScript, which runs first
      if (error !== undefined) result.problems[who] = error;
      else if (text !== digits) result.problems[who] = 'other digits than JavaScript has';
      else result[who] = Math.min(result[who] ?? Infinity, milliseconds);
    }
  }
}

/** Milliseconds of each program in cu, in JavaScript and, if requested, in wasmoon. `problems` lists the failures. */
export async function measureBigIntegers({ wasmoon }) {
  const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));
  const results = PROGRAMS.map(({ name }) => ({ name, problems: {} }));
  const directory = mkdtempSync(join(tmpdir(), 'cu-bench-'));
  const worker = wasmoon ? new Worker('wasmoon') : undefined;
  try {
    const run = runners(module, worker, join(directory, 'program.lua'));
    for (let round = 0; round < ROUNDS; round += 1) await measureRound(run, results);
  } finally {
    await worker?.close();
    rmSync(directory, { recursive: true });
  }
  return results;
}

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export function describeBigIntegers(results, scale = 1) {
  const time = (result, who) => {
    if (result.problems[who] !== undefined) return 'FAILED';
    return result[who] === undefined ? '-' : (result[who] * scale).toFixed(0);
  };
  const ratio = (result, who, other, digits) => {
    const known = [who, other].every((one) => result.problems[one] === undefined && result[one] !== undefined);
    return known ? `${(result[who] / result[other]).toFixed(digits)}x` : '-';
  };
  const table = formatGrid(
    ['program', 'cu ms', 'BigInt ms', 'cu/BigInt', 'wasmoon ms', 'wasmoon/cu'],
    results.map((result) => [
      result.name,
      time(result, 'cu'),
      time(result, 'javascript'),
      ratio(result, 'cu', 'javascript', 2),
      time(result, 'wasmoon'),
      ratio(result, 'wasmoon', 'cu', 1),
    ]),
  );
  const problems = results.flatMap(({ name, problems: all }) => (
    Object.entries(all).map(([who, problem]) => `FAILED: ${name}, ${who}: ${problem}`)));
  return [table, ...problems].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const absent = missing('wasmoon');
  console.log(describeBigIntegers(await measureBigIntegers({ wasmoon: absent.length === 0 })));
  for (const { build } of absent) console.log(`Without wasmoon, which \`${build}\` installs.`);
}
