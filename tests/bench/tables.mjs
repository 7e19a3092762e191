// Measures external tables in Node over the memory store, with loops in Lua.
//
// Each figure is the best of three instances, each with an empty store. Host memory is that of the process after a
// garbage collection, so this file starts itself with `node --expose-gc`.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cu, MemoryStore } from '../../host-js/index.js';

const KEYS = 1_000_000;
const ROWS = 200_000;
const TURNS = 20_000;
const ROUNDS = 3;

const LOOPS = [
  { name: 'set, new keys', operations: KEYS, code: `local t = ext.table() _home.t = t for i = 1, ${KEYS} do t[i] = i end` },
  { name: 'set, known keys', operations: KEYS, code: `local t = _home.t for i = 1, ${KEYS} do t[i] = i + 1 end` },
  { name: 'get', operations: KEYS, code: `local t, s = _home.t, 0 for i = 1, ${KEYS} do s = s + t[i] end return s` },
  { name: 'pairs', operations: KEYS, code: 'local s = 0 for _, v in pairs(_home.t) do s = s + v end return s' },
  { name: 'set, one field', operations: KEYS, code: `local t = _home for i = 1, ${KEYS} do t.counter = i end` },
  { name: 'get, one field', operations: KEYS, code: `local t, s = _home, 0 for i = 1, ${KEYS} do s = s + t.counter end return s` },
  {
    name: 'insert nested rows',
    operations: ROWS,
    code: `local t = ext.table() _home.rows = t for i = 1, ${ROWS} do t[i] = { id = i, name = "user" .. i % 100, score = i * 2, active = true } end`,
  },
  { name: 'read nested rows', operations: ROWS, code: `local t, s = _home.rows, 0 for i = 1, ${ROWS} do s = s + t[i].score end return s` },
  // Known and new keys: the store keeps a million keys in order.
  { name: 'write and list by turns', operations: TURNS, code: `local t = _home.t for i = 1, ${TURNS} do t['key' .. i * 7919 % ${TURNS}] = i next(t) end` },
];

/** The sizes of home for which the cost of changing one key or one captured variable is measured. */
const HOMES = [10, 1_000_000];
const CHANGES = 20_000;
const WARM_UP = 2_000;
const HOME_CODE = `
  local n = 0
  _home.count = function() n = n + 1 return n end
  for i = 1, (...) do _home[i] = i end`;
const CHANGE_KEY = '_home.key = (_home.key or 0) + 1';
const CHANGE_VARIABLE = 'return _home.count()';

/**
 * `loops`: name, operations, milliseconds. `entryBytes`: host memory for each of a million small entries. `luaBytes`:
 * memory of Lua after all loops. `changes`: `what` one compute changes, and its `costs` in microseconds for homes of so
 * many `keys`.
 */
async function measure() {
  const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));
  const best = LOOPS.map(() => Infinity);
  let entryBytes = 0;
  let luaBytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const cu = await Cu.create({ module, store: new MemoryStore() });
    globalThis.gc();
    const before = hostBytes();
    for (const [index, { code }] of LOOPS.entries()) {
      const start = performance.now();
      cu.compute(code);
      best[index] = Math.min(best[index], performance.now() - start);
      // Only the first round measures memory: later rounds start with the garbage of earlier ones.
      if (index === 0 && round === 0) {
        globalThis.gc();
        entryBytes = (hostBytes() - before) / KEYS;
      }
    }
    luaBytes = cu.memoryStats().luaMemoryUsed;
  }
  const changes = [
    { what: 'key', costs: await measureChanges(module, CHANGE_KEY) },
    { what: 'variable', costs: await measureChanges(module, CHANGE_VARIABLE) },
  ];
  const loops = LOOPS.map(({ name, operations }, index) => ({ name, operations, milliseconds: best[index] }));
  return { loops, entryBytes, luaBytes, changes };
}

/** Microseconds of one small compute for each size of home, which take turns. */
async function measureChanges(module, source) {
  const homes = [];
  for (const keys of HOMES) {
    const cu = await Cu.create({ module, store: new MemoryStore() });
    cu.compute(HOME_CODE.replace('(...)', keys));
    homes.push(cu);
  }
  const best = homes.map(() => Infinity);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, cu] of homes.entries()) {
      const count = round === 0 ? WARM_UP : CHANGES;
      const start = performance.now();
      for (let i = 0; i < count; i += 1) cu.compute(source);
      const microseconds = (performance.now() - start) / count * 1000;
      if (round > 0) best[index] = Math.min(best[index], microseconds);
    }
  }
  return HOMES.map((keys, index) => ({ keys, microseconds: best[index] }));
}

function hostBytes() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Measures in a new process. */
export function measureTables() {
  const options = { encoding: 'utf8', maxBuffer: 1 << 20 };
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url)], options));
}

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export function describeTables({ loops, entryBytes, luaBytes, changes }, scale = 1) {
  const lines = loops.map(({ name, operations, milliseconds }) => {
    const time = milliseconds * scale;
    const rate = (operations / time / 1000).toFixed(2);
    return `${name.padEnd(24)} ${time.toFixed(0).padStart(6)} ms ${rate.padStart(8)} M/s`;
  });
  lines.push(`host memory for a small entry: ${entryBytes.toFixed(0)} bytes; Lua memory afterwards: ${luaBytes} bytes`);
  for (const { what, costs } of changes) {
    const shown = costs.map(({ keys, microseconds }) => `${(microseconds * scale).toFixed(1)} us in a home of ${keys} keys`);
    const ratio = (costs.at(-1).microseconds / costs[0].microseconds).toFixed(2);
    lines.push(`a compute that changes one ${what}: ${shown.join(', ')} (${ratio}x)`);
  }
  return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await measure()));
