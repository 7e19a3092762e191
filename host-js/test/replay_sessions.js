/**
 * Random sessions of an instance that is recorded: scripts over a store that may fail, with functions, time, ticks and limits of
 * the host.
 *
 * Invariant: what a session returns was seen without the recorder.
 */

import { readFileSync } from 'node:fs';

import { EVENT_KINDS, TABLE_IO } from '../abi.js';
import { inside } from '../handle.js';
import { CuError, encode, encodeKey, MemoryStore, Values } from '../index.js';
import { record, Recording } from '../replay.js';
import { faulty } from './faulty.js';
import { randomBelow } from './random.js';

const OPERATIONS = ['get', 'set', 'delete', 'size', 'keys'];

/** Scripts; `N` stands for a small random number. The last one has no room in the I/O buffer. */
const SCRIPTS = [
  ...readFileSync(new URL('../../tests/lua/replay/sessions.lua', import.meta.url), 'utf8').split(/^--- .*\n/m).slice(1),
  `--[[${'y'.repeat(70_000)}]] _home.long = N return N`,
];

const CONFIGS = [
  undefined, undefined, {}, { instructions: 30_000 }, { atomic: true }, { atomic: 'host' }, { atomic: 'host', instructions: 3000 }, { output: 100 },
  { permissions: { write: false } }, { permissions: { library: { 'os.time': false } } }, { memory: 400_000 }, { instructions: 1 },
];

/** The rows of a store but for `_io`, as `cu replay --rows` shows them. */
export function rowsOf(store) {
  const rows = [];
  for (let table = store.nextTable(undefined); table !== undefined; table = store.nextTable(table)) {
    if (table === TABLE_IO) continue;
    store.keys(table, undefined, false, (key) => {
      rows.push(`${table} ${Buffer.from(key).toString('hex')} ${Buffer.from(store.get(table, key)).toString('hex')}`);
      return true;
    });
  }
  return rows;
}

/**
 * @param {number} seed
 * @param {Uint8Array} [module]
 * @returns {Promise<{ bytes: Uint8Array, computes: object[], events: object[], rows: string[] }>}
 */
export async function session(seed, steps = 20, module = undefined) {
  const below = randomBelow(seed);
  const computes = [];
  const events = [];
  const inner = new MemoryStore();
  /** What answers the calls for which scripts wait. */
  const waiting = [];
  const options = { module, ...optionsOf(below, waiting), onEvent: (event) => events.push(event) };
  let isFailing = false;
  const fails = (odds) => isFailing && below(odds) === 0;
  options.store = below(2) === 0 ? inner : halfway(faulty(inner, (name) => (
    OPERATIONS.includes(name) && fails(40) ? new CuError(`${name} fails`) : undefined
  )), () => (fails(10) ? below(4) : Infinity));
  const recording = new Recording();
  const cu = await record(recording, options, below(2) === 0 ? {} : { buffer: below(3) * 500 });
  watch(cu, computes);
  isFailing = true;
  for (let step = 0; step < steps; step++) {
    try {
      act(cu, below, waiting);
    } catch (error) {
      if (!(error instanceof CuError)) throw error;
    }
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  cu.close();
  return { bytes: recording.bytes(), computes, events, rows: rowsOf(inner) };
}

/** A store that fails after so many keys of a page: the first ones are in the module's memory then. */
function halfway(store, most) {
  const keys = (table, after, descending, emit) => {
    let left = most();
    return store.keys(table, after, descending, (key) => {
      if (left-- <= 0) throw new CuError('keys fails halfway');
      return emit(key);
    });
  };
  return new Proxy(store, { get: (target, name) => (name === 'keys' ? keys : target[name]) });
}

function optionsOf(below, waiting) {
  let time = below(1000);
  const options = {
    config: { events: EVENT_KINDS, seed: below(1000), instructions: 200_000, tick: 20_000, compression: below(2) * 100 },
    now: () => { time += below(1000); return time; },
    functions: {
      add: (one, other) => one + other,
      fail: (number) => { throw number % 2 === 0 ? new Error(`fails with ${number}`) : { code: number }; },
      large: (number) => 'x'.repeat(number * 9000),
      several: (number) => new Values(...Array(number).keys()),
      later: (number) => new Promise((resolve, reject) => {
        waiting.push(() => (number % 4 === 0 ? reject(new Error(`no ${number}`)) : resolve(new Values(number, 'later'))));
      }),
      async never() { await new Promise(() => {}); },
      http: { get: (url, list) => ({ url, list, at: below(100) }) },
    },
  };
  if (below(2) === 0) options.onTick = () => (below(30) === 0 ? 'enough' : undefined);
  if (below(3) === 0) options.home = 'named';
  if (below(4) === 0) options.rate = { operations: 300, clock: () => { time += below(20); return time; } };
  return options;
}

/** Keeps what each compute leaves, as the module returns it. */
function watch(cu, computes) {
  const machine = inside(cu);
  const { compute } = machine.exports;
  machine.exports.compute = (...args) => {
    const status = compute(...args);
    const length = status < 0 ? -status - 1 : status;
    computes.push({ status, bytes: machine.memory.copy(machine.bufferPointer, length) });
    return status;
  };
}

const WAITING = [
  'local a, b = host.later(N) _home.later = a return a, b, pcall(host.later, N + 1)',
  'local co = coroutine.wrap(function() for i = 1, N do coroutine.yield(host.later(i)) end end) print(co()) for i in co do print(i) end',
  'local x <close> = setmetatable({}, { __close = function() _home.closed = N end }) host.later(N) host.never()',
];

/** A script that waits. What becomes of it nobody asks; one of them may be cancelled. */
function wait(cu, below, config) {
  const controller = new AbortController();
  if (below(3) === 0) setImmediate(() => controller.abort());
  const options = { ...config, signal: controller.signal };
  cu.run(WAITING[below(WAITING.length)].replaceAll('N', String(1 + below(9))), options).catch((error) => {
    if (!(error instanceof CuError || error.name === 'AbortError')) throw error;
  });
}

function act(cu, below, waiting) {
  const script = () => SCRIPTS[below(SCRIPTS.length)].replaceAll('N', String(1 + below(9)));
  const config = CONFIGS[below(CONFIGS.length)];
  switch (below(21)) {
    case 0: return cu.runGc();
    case 1: return cu.memoryStats();
    case 2: return cu.homeTable;
    case 3: return cu.computeRaw(script(), config);
    case 4: return cu.transaction(() => {
      cu.compute(script());
      cu.compute(script());
      if (below(3) === 0) throw new CuError('undo');
    });
    case 5: return cu.call('_home.count', [below(5)], config);
    case 6: return cu.call('host.add', [below(5), below(5)]);
    case 7:
      cu.clearIo();
      cu.store.set(TABLE_IO, encodeKey('input'), encode({ list: [below(9)] }));
      return cu.compute('return _io.input');
    case 8: return cu.setMemoryAlias(below(2) === 0);
    case 10: case 11: return wait(cu, below, config);
    case 12: case 13: case 14: return waiting.length > 0 && waiting.splice(below(waiting.length), 1)[0]();
    case 9: return cu.reserveTables(below(100));
    default: return cu.compute(script(), config);
  }
}
