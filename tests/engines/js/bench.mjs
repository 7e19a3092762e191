/**
 * What an engine of JavaScript takes for host-js: starts, calls, memory, and programs. Prints lines `name value unit`; a program's line
 * ends with what the program answers.
 *
 * Invariant: a figure is the best of many, because other work of the machine can only make a run slower.
 */

import { Cu } from '../../../host-js/core.js';

const CODE = 'return 1';
const STARTS = 10;
const BATCHES = 20;
const CALLS = 1000;
const INSTANCES = 100;
/** What an engine compiles in the background takes memory, which it soon gives back. */
const SETTLE_MS = 1500;

/** A program runs so often, unless it takes long: the compilers of an engine need more than one run. */
const RUNS = 5;
const LONG_MS = 2000;

/**
 * @param {object} at the engine
 * @param {Uint8Array} at.bytes the file of the module
 * @param {WebAssembly.Module} [at.module] where an engine compiles nothing
 * @param {{ name: string, source: string }[]} at.programs
 * @param {() => number | Promise<number>} at.now milliseconds
 * @param {(line: string) => void} at.print
 * @param {(instances: number) => number | undefined | Promise<number | undefined>} at.resident bytes of the process that are in
 *   memory; undefined where another process measures them
 */
export async function bench({ bytes, module: given, programs, now, print, resident }) {
  const took = async (action) => {
    const start = await now();
    const made = await action();
    return [await now() - start, made];
  };
  const ready = async (module, config) => {
    const cu = await Cu.create({ module, config });
    check(cu.compute(CODE).value, 1);
    return cu;
  };
  const settled = async (instances) => {
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    return resident(instances);
  };
  const figure = (name, milliseconds, ...more) => print([name, (milliseconds * 1000).toFixed(2), 'us', ...more].join(' '));

  // It is the first thing: an engine may remember what it compiled.
  let module = given;
  if (module === undefined) {
    const [all] = await took(async () => {
      module = await WebAssembly.compile(bytes);
      (await ready(module)).close();
    });
    figure('from_bytes', all);
  }

  // Early: what is let go later may be freed in between.
  const first = await ready(module);
  const before = await settled(0);
  const instances = [];
  for (let count = 0; count < INSTANCES; count += 1) instances.push(await ready(module));
  const after = await settled(INSTANCES);
  if (after !== undefined) print(`memory ${Math.round((after - before) / INSTANCES)} bytes`);
  for (const each of [first, ...instances]) each.close();

  // Several in a row, for a clock of milliseconds.
  const starts = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const [time, made] = await took(async () => {
      const all = [];
      for (let start = 0; start < STARTS; start += 1) all.push(await ready(module));
      return all;
    });
    starts.push(time / STARTS);
    for (const each of made) each.close();
  }
  figure('from_module', Math.min(...starts));

  const cu = await ready(module);
  cu.compute('function _home.add(a, b) return a + b end');
  const ways = { return_1: () => cu.compute(CODE).value, call: () => cu.call('_home.add', [1, 2]).value };
  for (const [name, way] of Object.entries(ways)) {
    const batches = [];
    const wanted = way();
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const [time] = await took(() => { for (let call = 0; call < CALLS; call += 1) check(way(), wanted); });
      batches.push(time / CALLS);
    }
    figure(name, Math.min(...batches));
  }
  cu.close();

  for (const { name, source } of programs) {
    const times = [];
    const answers = new Set();
    for (let sum = 0; times.length < RUNS && sum < LONG_MS;) {
      const one = await Cu.create({ module, config: { instructions: Number.MAX_SAFE_INTEGER } });
      const [time, answer] = await took(() => one.compute(source).values[0]);
      one.close();
      times.push(time);
      sum += time;
      answers.add(String(answer));
    }
    figure(name, Math.min(...times), ...answers);
  }
}

function check(found, wanted) {
  if (found !== wanted) throw new Error(`the answer is ${found}, not ${wanted}`);
}
