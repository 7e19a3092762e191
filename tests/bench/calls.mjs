// Measures calls both ways: from the host to a stored function, as source text, by record and prepared; and from a script to a function of
// the host, for whose answer it waits or not. In Node beside wasmoon, where all take turns, and in Wasmtime (host-rust/host/examples/calls.rs, with the same names).
//
// To measure something else: a row of `MEASURES`, a method of the contenders that can do it, and an entry of the example.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cu } from '../../host-js/index.js';
import { formatGrid } from './table.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const WASMTIME = `${ROOT}target/release/examples/calls`;

/** Some rounds are undisturbed on a busy machine, too: a figure is the best of them. */
const ROUNDS = 100;
const CALLS = 2_000;

/**
 * The rows. `most`: microseconds, the targets in each engine. `before`: another row, whose figure has to be higher.
 *
 * @type {{ what: string, title: string, most?: Record<string, number>, before?: string }[]}
 */
const MEASURES = [
  { what: 'source', title: 'a stored function of two numbers, as source text' },
  { what: 'call', title: 'the same, called by its way', most: { node: 0.6, wasmtime: 0.6 }, before: 'source' },
  { what: 'prepared', title: 'the same, prepared', before: 'call' },
  { what: 'host', title: 'a function of the host, called by a script with two numbers', most: { node: 0.5, wasmtime: 0.4 } },
  { what: 'wait', title: 'the same, for whose answer the script waits', most: { node: 3, wasmtime: 3 } },
];

/** So many computes wait at once in the module with the larger arena. */
const PENDING = 10_000;
const LARGE = `${ROOT}target/cu-large.wasm`;
const LARGE_BYTES = 16 * 1024 * 1024;

const ENGINES = { node: 'Node', wasmoon: 'wasmoon, Node', wasmtime: 'Wasmtime' };

const STORED = (name) => `function ${name}(a, b) return a + b end`;
/** Calls that one compute makes. */
const LOOP = (add) => `local add, n = ${add}, 0 for _ = 1, ${CALLS} do n = add(n, 2) end return n`;

const add = (a, b) => a + b;

function check(found, wanted) {
  if (found !== wanted) throw new Error(`the answer is ${found}, not ${wanted}`);
}

/** Each method makes `CALLS` calls. */
class InCu {
  static async create() {
    const one = new this();
    const module = await WebAssembly.compile(readFileSync(`${ROOT}dist/cu.wasm`));
    one.cu = await Cu.create({ module, functions: { add, later: async (a, b) => a + b } });
    one.cu.compute(STORED('_home.add'));
    one.add = one.cu.prepare('_home.add');
    return one;
  }

  source() {
    for (let call = 0; call < CALLS; call += 1) check(this.cu.compute('return _home.add(1, 2)').value, 3);
  }

  call() {
    for (let call = 0; call < CALLS; call += 1) check(this.cu.call('_home.add', [1, 2]).value, 3);
  }

  prepared() {
    for (let call = 0; call < CALLS; call += 1) check(this.add(1, 2).value, 3);
  }

  host() {
    check(this.cu.compute(LOOP('host.add')).value, 2 * CALLS);
  }

  async wait() {
    check((await this.cu.run(LOOP('host.later'))).value, 2 * CALLS);
  }
}

/** Bytes that the computes take which wait. */
async function pendingBytes() {
  const cu = await Cu.create({ module: await WebAssembly.compile(readFileSync(LARGE)), functions: { never: () => new Promise(() => {}) }, config: { pending: PENDING, pending_memory: LARGE_BYTES } });
  cu.compute('function waits(a, b) local c = host.never(a, b) return c end');
  cu.runGc();
  const before = cu.memoryStats().luaMemoryUsed;
  const runs = Array.from({ length: PENDING }, () => cu.runCall('waits', [1, 2]));
  const ended = await Promise.race([Promise.any(runs), Promise.all(runs), new Promise((resolve) => { setTimeout(resolve, 100, 'all wait'); })]);
  check(ended, 'all wait');
  cu.runGc();
  return cu.memoryStats().luaMemoryUsed - before;
}

class InWasmoon {
  static async create() {
    const one = new this();
    const { LuaFactory } = await import('wasmoon');
    one.lua = await new LuaFactory().createEngine();
    one.lua.global.set('hostAdd', add);
    one.#run(STORED('add'));
    one.add = one.lua.global.get('add');
    return one;
  }

  #run(code) {
    const value = this.lua.doStringSync(code);
    this.lua.global.setTop(0); // doStringSync leaves its results on the stack
    return value;
  }

  source() {
    for (let call = 0; call < CALLS; call += 1) check(this.#run('return add(1, 2)'), 3);
  }

  /** It has functions of Lua as functions of JavaScript: no name is looked up. */
  prepared() {
    for (let call = 0; call < CALLS; call += 1) check(this.add(1, 2), 3);
  }

  host() {
    check(this.#run(LOOP('hostAdd')), 2 * CALLS);
  }
}

const CONTENDERS = { node: InCu, wasmoon: InWasmoon };

/** Microseconds by engine and `what`. */
async function inNode(names) {
  const contenders = [];
  for (const name of names) contenders.push([name, await CONTENDERS[name].create()]);
  const best = Object.fromEntries(names.map((name) => [name, {}]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { what } of MEASURES) {
      for (const [name, one] of contenders) {
        if (one[what] === undefined) continue;
        const start = performance.now();
        await one[what]();
        const each = (performance.now() - start) / CALLS * 1000;
        // The first round is for the compilers of the engine.
        if (round > 0) best[name][what] = Math.min(best[name][what] ?? Infinity, each);
      }
    }
  }
  if (best.node !== undefined) best.node.pendingBytes = await pendingBytes();
  return best;
}

function inWasmtime() {
  const records = JSON.parse(execFileSync(WASMTIME, { encoding: 'utf8' }));
  return Object.fromEntries(records.map(({ what, microseconds }) => [what, microseconds]));
}

/** What a run measured of `engines`, in processes of their own: microseconds by engine and `what`. */
export function measureCallsBothWays(engines) {
  const names = Object.keys(CONTENDERS).filter((name) => engines.includes(name));
  const run = () => JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...names], { encoding: 'utf8' }));
  return {
    ...(names.length > 0 ? run() : {}),
    ...(engines.includes('wasmtime') ? { wasmtime: inWasmtime() } : {}),
  };
}

/** The figures as cells of a table, the same for a terminal and for docs/performance.md. */
export function callsTable(figures, scale = 1) {
  const engines = Object.keys(ENGINES).filter((engine) => figures[engine] !== undefined);
  const head = ['microseconds', ...engines.flatMap((engine) => (hasTarget(engine) ? ['at most', ENGINES[engine]] : [ENGINES[engine]]))];
  const body = MEASURES.map(({ what, title, most = {}, before }) => [title, ...engines.flatMap((engine) => {
    const time = figures[engine][what] * scale;
    const other = figures[engine][before] * scale;
    const limit = most[engine];
    const isMissed = time > limit || (hasTarget(engine) && time >= other);
    const cell = Number.isNaN(time) ? '-' : `${time.toFixed(2)}${isMissed ? ' (missed)' : ''}`;
    const targets = [...(limit === undefined ? [] : [String(limit)]), ...(before === undefined ? [] : [`less than ${titleOf(before)}`])];
    return hasTarget(engine) ? [targets.join(', ') || '-', cell] : [cell];
  })]);
  return [head, body];
}

const hasTarget = (engine) => MEASURES.some(({ most }) => most?.[engine] !== undefined);
/** Short: the row itself says more. */
const titleOf = (before) => ({ source: 'as source', call: 'called' })[before];

/** What the table does not say: '' where it was not measured. */
export function pendingLine({ node: { pendingBytes: bytes } = {} }) {
  if (bytes === undefined) return '';
  return `${PENDING.toLocaleString('en')} computes that wait at once take ${(bytes / 1024 / 1024).toFixed(1)} MiB, in an arena of ${LARGE_BYTES / 1024 / 1024} MiB.`;
}

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export const describeCalls = (figures, scale) => `${formatGrid(...callsTable(figures, scale))}\n\n${pendingLine(figures)}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await inNode(process.argv.slice(2))));
  // Computes wait for ever.
  process.exit();
}
