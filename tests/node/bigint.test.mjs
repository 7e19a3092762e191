// The library `bigint` against JavaScript's BigInt: random operands of all sizes.
//
// CU_SEED repeats a run, CU_ROUNDS makes it longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu } from '../../host-js/index.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const ROUNDS = Number(process.env.CU_ROUNDS ?? 400);

const below = randomBelow(seed);

/**
 * A random integer of up to `mostBits` bits, often of far fewer; sometimes with long runs of equal bits, or next to a
 * power of two.
 */
function bigInt(mostBits) {
  const bits = Math.floor(2 ** (Math.log2(mostBits) * below(1001) / 1000));
  let value = 0n;
  const kind = below(4);
  if (kind === 0) value = (1n << BigInt(bits)) + BigInt(below(3) - 1);
  for (let i = 0; kind !== 0 && i < bits; i += 32) {
    value = value << 32n | BigInt(kind === 1 ? below(2) * 0xffffffff : below(2 ** 32));
  }
  value = BigInt.asUintN(bits, value);
  return below(2) === 0 ? value : -value;
}

const abs = (a) => (a < 0n ? -a : a);
const floorDiv = (a, b) => (a - floorMod(a, b)) / b;
const floorMod = (a, b) => ((a % b) + b) % b;

function gcd(a, b) {
  let [x, y] = [abs(a), abs(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function powmod(base, exponent, modulus) {
  let [power, square] = [1n, floorMod(base, modulus)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = floorMod(power * square, modulus);
    square = floorMod(square * square, modulus);
  }
  return floorMod(power, modulus);
}

/** Lua over the big integers `a`, `b` and the integer `n`, the same in JavaScript, and the largest operands in bits. */
const OPERATIONS = [
  ['a + b', (a, b) => a + b],
  ['a - b', (a, b) => a - b],
  ['a * b', (a, b) => a * b, 60_000],
  ['b == zero and zero or a // b', (a, b) => (b === 0n ? 0n : floorDiv(a, b))],
  ['b == zero and zero or a / b', (a, b) => (b === 0n ? 0n : floorDiv(a, b))],
  ['b == zero and zero or a % b', (a, b) => (b === 0n ? 0n : floorMod(a, b))],
  ['b == zero and zero or select(2, a:divmod(b))', (a, b) => (b === 0n ? 0n : floorMod(a, b))],
  ['-a', (a) => -a],
  ['~a', (a) => ~a],
  ['a & b', (a, b) => a & b],
  ['a | b', (a, b) => a | b],
  ['a ~ b', (a, b) => a ^ b],
  ['a << n', (a, b, n) => a << BigInt(n)],
  ['a >> n', (a, b, n) => a >> BigInt(n)],
  ['a ^ (n % 20)', (a, b, n) => a ** BigInt(n % 20), 2000],
  ['a + n', (a, b, n) => a + BigInt(n)],
  ['n - a', (a, b, n) => BigInt(n) - a],
  ['a * (n - 5000)', (a, b, n) => a * BigInt(n - 5000)],
  ['(n + 0.0) * a', (a, b, n) => a * BigInt(n)],
  ['a < b', (a, b) => a < b],
  ['a <= b', (a, b) => a <= b],
  ['a == b', (a, b) => a === b],
  ['bigint.eq(a, bigint.new(tostring(a)))', () => true],
  ['a < n', (a, b, n) => a < BigInt(n), 80],
  ['n <= a', (a, b, n) => BigInt(n) <= a, 80],
  ['bigint.cmp(a, a:tonumber())', (a) => {
    const near = BigInt.asIntN(64, a) === a ? a : BigInt(Number(a));
    return a < near ? -1 : Number(a > near);
  }, 1000],
  ['bigint.cmp(a, n - 5000.5)', (a, b, n) => (a <= BigInt(n - 5001) ? -1 : 1), 20],
  ['a:tonumber() + 0.0 == n + 0.0', (a, b, n) => Number(a) === n, 16],
  ['tostring(a)', (a) => String(a)],
  ['a .. "," .. b', (a, b) => `${a},${b}`],
  ['a:tobase(n % 35 + 2)', (a, b, n) => a.toString(n % 35 + 2)],
  ['bigint.new(a:tobase(n % 35 + 2), n % 35 + 2)', (a) => a],
  ['bigint.frombytes(a:tobytes(), a < 0)', (a) => a],
  ['a:bits()', (a) => (a === 0n ? 0 : abs(a).toString(2).length)],
  ['a:sign()', (a) => (a > 0n ? 1 : a < 0n ? -1 : 0)],
  ['a:abs()', abs],
  ['a:gcd(b)', gcd, 6000],
  ['b == zero and zero or a:powmod(n, b)', (a, b, n) => {
    if (b === 0n) return 0n;
    const power = powmod(a, BigInt(n), abs(b));
    return b < 0n && power !== 0n ? power + b : power;
  }, 3000],
  ['a:abs():sqrt()', (a, b, n, found) => {
    const square = abs(a);
    assert.ok(found * found <= square && (found + 1n) * (found + 1n) > square, 'no root');
    return found;
  }],
  ['{ a, { b } }', (a, b) => [a, [b]]],
];

const same = (found, wanted) => {
  if (typeof wanted === 'bigint') return BigInt(found) === wanted && typeof found === 'bigint';
  if (Array.isArray(wanted)) return wanted.every((part, index) => same(found[index], part));
  return found === wanted;
};

test('every operation answers as JavaScript does', async (t) => {
  t.diagnostic(`CU_SEED=${seed}`);
  const cu = await Cu.create({ module });
  cu.compute('bigint = require("bigint") zero = bigint.new(0)');
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [code, model, bits = 20_000] of OPERATIONS) {
      const [a, b, n] = [bigInt(bits), bigInt(bits), below(10_000)];
      // The string form gives a big integer even if 64 bits would do.
      const { value } = cu.compute(`local n, a, b = ${n}, bigint.new("${a}"), bigint.new("0x${abs(b).toString(16)}")${b < 0n ? ' b = -b' : ''}
        return ${code}`);
      assert.ok(same(value, model(a, b, n, value)), `CU_SEED=${seed}: ${code} of n = ${n}, a = ${a}, b = ${b}: ${value}`);
    }
  }
});

test('what a host stores arrives as a big integer, and back', async () => {
  const cu = await Cu.create({ module });
  cu.compute('bigint = require("bigint") function check(text, value) assert(tostring(value) == text, text) return value end');
  for (let round = 0; round < ROUNDS; round += 1) {
    const value = bigInt(200_000);
    const answer = cu.compute(`_home.v = bigint.new("${value}") return check("${value}", _home.v), -_home.v`).values;
    assert.ok(answer[0] === value && answer[1] === -value, `CU_SEED=${seed}: ${value}`);
  }
});

// A product took 100 times as long if garbage left too little room for the fast algorithm.
test('garbage costs a collection, not the fast algorithms', async () => {
  const used = [];
  const onEvent = ({ instructions }) => used.push(instructions);
  const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
  cu.compute('a = require("bigint").new(7) ^ 400000 b = a + 1');
  const product = 'collectgarbage("stop") GARBAGE local c = a * b collectgarbage("restart")';
  cu.compute(product.replace('GARBAGE', 'collectgarbage()'));
  cu.compute(product.replace('GARBAGE', 'for i = 1, 9 do local s = ("x"):rep(100000 + i) end'));
  const [, clean, crowded] = used;
  assert.ok(crowded < 2 * clean, `${clean} instructions, ${crowded} with garbage`);
});

test('an operation that memory refuses leaves all as it was', async () => {
  const cu = await Cu.create({ module, config: { memory: 500_000 } });
  const code = `local new = require("bigint").new
    local ok, message = pcall(function() local x = new(3) while true do x = x * x end end)
    return ok, message, tostring(new(2) ^ 64)`;
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(cu.compute(code).values, [false, 'not enough memory', '18446744073709551616']);
  }
  cu.runGc();
  assert.ok(cu.memoryStats().luaMemoryUsed < 100_000);
});

test('a key of a table in a channel may be a big integer, or another table', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_io.output = { [require("bigint").new(2) ^ 70] = 1, [{ "key" }] = { [print] = 2 } }');
  assert.deepEqual(cu.compute(`
    local found = {}
    for k, v in pairs(_io.output) do found[#found + 1] = type(k) == 'table' and k[1] .. v[print] or tostring(k) .. v end
    table.sort(found)
    return found`).value, ['11805916207174113034241', 'key2']);
});
