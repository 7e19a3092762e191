// Big integers in Node, beside the BigInt of JavaScript: the same algorithms over both.
//
// Both take turns within a round, and a figure is the best of the rounds.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cu } from '../../host-js/index.js';

const ROUNDS = 5;

const E_DIGITS = 100_000;
const E_TERMS = 25_300;
const FIBONACCI = 1_000_000;
const MODULUS_DIGITS = 10_000;
const EXPONENT_BITS = 256;

/** Each program answers a text of digits, in Lua and in JavaScript. */
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

/** Milliseconds of each program in cu and in JavaScript, and whether the digits agree. */
export async function measureBigIntegers() {
  const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));
  const results = PROGRAMS.map(({ name }) => ({ name, cu: Infinity, javascript: Infinity, agree: true }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { lua, model }] of PROGRAMS.entries()) {
      const result = results[index];
      const cu = await Cu.create({ module });
      cu.compute('new = require("bigint").new one = new(1)');
      const run = {
        cu: () => cu.compute(lua).value,
        javascript: model,
      };
      const texts = Object.entries(run).map(([who, program]) => {
        const start = performance.now();
        const text = program();
        result[who] = Math.min(result[who], performance.now() - start);
        return text;
      });
      result.agree &&= texts[0] === texts[1];
    }
  }
  return results;
}

/** The figures as lines of text; `scale` turns this machine's times into those of the calibration's. */
export function describeBigIntegers(results, scale = 1) {
  return results.map(({ name, cu, javascript, agree }) => {
    const [own, other] = [cu, javascript].map((time) => `${(time * scale).toFixed(0).padStart(6)} ms`);
    const verdict = agree ? `${(cu / javascript).toFixed(2)}x` : 'WRONG digits';
    return `${name.padEnd(40)} cu ${own}   BigInt ${other}   ${verdict}`;
  }).join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(describeBigIntegers(await measureBigIntegers()));
