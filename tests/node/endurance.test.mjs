// A million computes, and the deepest recursions: memory does not grow, and the shadow stack is never used up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { Raw, compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const COMPUTES = 1_000_000;

/** Bytes used after a full collection. */
function settled(raw) {
  raw.exports.run_gc();
  raw.exports.run_gc();
  return raw.used();
}

test('a million computes leave the memory flat', (t) => {
  const raw = new Raw(module);
  raw.init();
  const scripts = [
    'return 1',
    'n = (n or 0) + 1 return n, "text " .. n % 10',
    'local t = {} for i = 1, 5 do t[i] = { i } end print(#t) return t',
    'error("no " .. 1)',
    'return pcall(error, { 1 })',
    'syntax error here',
    'return coroutine.wrap(function() coroutine.yield(1) end)()',
  ].map((code) => new TextEncoder().encode(code));
  const figures = [];
  for (let index = 0; index < COMPUTES; index += 1) {
    const code = scripts[index % scripts.length];
    raw.bytes(raw.buffer, code.length).set(code);
    raw.exports.compute(raw.buffer, code.length);
    if (index % (COMPUTES / 5) === 1000) figures.push(settled(raw));
  }
  figures.push(settled(raw));
  t.diagnostic(`lua_memory_used: ${figures.join(', ')}`);
  assert.equal(Math.max(...figures) - Math.min(...figures), 0, `memory moved: ${figures}`);
  assert.deepEqual(raw.run('return n').values, [Math.ceil((COMPUTES - 1) / scripts.length)]);
});

test('a quarter of the shadow stack is never touched', (t) => {
  const raw = new Raw(module);
  raw.init();
  // The stack is first in memory and grows towards address 0.
  const PATTERN = 0xa5;
  const STACK = 512 * 1024;
  raw.bytes(0, STACK - 16 * 1024).fill(PATTERN);
  const files = ['errors', 'exhaustion'].map((name) => new URL(`../lua/hostile/${name}.lua`, import.meta.url));
  for (const file of files) {
    for (const chunk of readFileSync(file, 'utf8').split(/^--- /m).slice(1)) raw.compute(chunk.slice(chunk.indexOf('\n')));
  }
  // Compresses a string in the deepest recursion of C functions.
  raw.run(`local text, deepest = ("deep "):rep(10000), 0
    local function dive(n) deepest = n _home.x = text .. n string.gsub("a", "a", function() dive(n + 1) end) end
    pcall(dive, 1) return deepest`);
  // At the same depth, a permission is refused and reported, old values go into the journal, and a function is stored.
  raw.configure({ atomic: true, events: { audit: true }, permissions: { tables: { '_home.y': 'readonly' } } });
  raw.run(`local text = ("deep "):rep(1000)
    local function dive(n)
      _home.x = text .. n
      _home.f = function() return n, text end
      pcall(rawset, _home, "y", 1)
      string.gsub("a", "a", function() dive(n + 1) end)
    end
    pcall(dive, 1)`);
  assert.ok(raw.events.length > 100, `${raw.events.length} events`);
  const untouched = raw.bytes(0, STACK).findIndex((byte) => byte !== PATTERN);
  t.diagnostic(`${STACK - untouched} of ${STACK} bytes were used`);
  assert.ok(untouched > STACK / 4, `only ${untouched} bytes were left`);
});
