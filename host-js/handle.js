/**
 * What a program holds of an instance: the calls, and nothing of what is behind them.
 *
 * Invariant: the state of an instance can be reached only by files of this package. No class has private fields, which came to browsers
 * after the oldest that are supported.
 */

import { encodeCall } from './codec/encode.js';
import { Machine } from './machine.js';
import { describe, loadModule, noModule } from './module.js';

/** Engines without `using` lack the name; a compiler of it takes this one. */
const DISPOSE = Symbol.dispose || Symbol.for('Symbol.dispose');

/** @type {WeakMap<Cu, Machine>} */
const machines = new WeakMap();

/** The machine behind what a program holds. */
export function inside(cu) {
  const machine = machines.get(cu);
  if (machine === undefined) throw new TypeError('this is no instance of cu');
  return machine;
}

/** Loads and starts an instance: `Class` is what the program gets, `Inner` what is behind it; `read` reads the module's section `cu`. */
export async function create(Class, Inner, read, options = {}) {
  const module = await loadModule(options.module);
  const machine = new Inner(options, read(module));
  machine.start(await WebAssembly.instantiate(module, machine.imports.object).catch((cause) => {
    throw noModule(cause);
  }));
  return new Class(machine);
}

export class Cu {
  /**
   * Loads and starts an instance.
   * @param {object} [options]
   * @param {WebAssembly.Module | ArrayBuffer | Uint8Array | string | URL} [options.module] also its URL; default: cu.wasm of this package
   * @param {object} [options.store] see store/memory.js; default: a new MemoryStore
   * @param {object} [options.config] see abi/README.md, "config"
   * @param {string} [options.home] the name of the table `_home`, which is made when there is none; default: table 1
   * @param {(event: object) => void} [options.onEvent]
   * @param {() => number} [options.now] milliseconds since 1970; default: time stands at 0
   * @param {() => unknown} [options.onTick] asked after each `config.tick` instructions of a script whether to end it: with the reason,
   *   or true; default for `tick`: 100,000
   * @param {boolean} [options.exact] floats as CuFloat, big integers as CuBigInteger
   * @returns {Promise<Cu>}
   */
  static create(options) {
    return create(Cu, Machine, describe, options);
  }

  /** Use `Cu.create`. */
  constructor(machine) {
    if (!(machine instanceof Machine)) throw new TypeError('an instance is made by Cu.create');
    machines.set(this, machine);
    this.store = machine.store;
    /** What the module's section `cu` says: `version`, `abi`, `features`, `flags`. */
    this.module = machine.module;
  }

  /**
   * Runs Lua source and returns what the script returned and printed.
   * @param {string | Uint8Array} source
   * @param {object} [config] options that replace those of the instance in this compute
   * @returns {{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }}
   */
  compute(source, config) {
    return inside(this).compute(source, config);
  }

  /**
   * Calls a function that is there already, such as one that a script stored: no source text is made.
   * @param {string | import('./values.js').Way} way to the function, from a global on: `_home.orders.total`, `ext.size`
   * @param {unknown[]} [args] values; a `Way` stands for what it leads to
   * @param {object} [options] as for `compute`; `content: true` for tables as their content in the place of ExternalTables
   * @returns {{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }}
   */
  call(way, args = [], options) {
    return inside(this).call(way, args, options);
  }

  /**
   * Prepares the call of a function that is called often: a function of its arguments, which are encoded behind a head that is written
   * once. Where the way leads is seen at each call.
   * @param {string | import('./values.js').Way} way
   * @param {object} [options] as for `call`, of every call
   * @returns {(...args: unknown[]) => { values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }}
   */
  prepare(way, options) {
    const head = encodeCall(way, [], options && options.content);
    return (...args) => inside(this).call(head, args, options);
  }

  /** A full Lua collection, which also frees tables in the store that nothing reaches. */
  runGc() {
    inside(this).runGc();
  }

  /** Ends the instance, so that its memory can be used for others; every later call is an error. Its store is its owner's to close. */
  close() {
    inside(this).close();
  }

  /** For `using`. */
  [DISPOSE]() {
    this.close();
  }
}
