/**
 * Lua in a worker: an instance that runs the scripts of the reader, and one over the same store with which the page looks at the home.
 *
 * Invariant: what the page asks leaves no trace in the home, and no script can change how it asks.
 */

import { ExternalTable } from '../../host-js/values.js';
import { WorkerCu } from '../../host-js/worker/index.js';
import { describedOf } from './described.js';
import INSPECTOR from './inspector.lua';
import { asCompute, mayPutOut, mayStoreFunctions, nameOf } from './script.js';

/** Of the page itself, in the same store as the home of the reader: exports and snapshots have it, too. */
export const OWN_HOME = 'playground';
/** A damaged home, or a table of strange objects, may not hold the page up. */
const INSPECTOR_INSTRUCTIONS = 50_000_000;
const NAMES_MS = 200;
/** Tables of a list that are described with a result, and lists in lists. */
const LISTED = 500;
const LIST_DEPTH = 3;
/** Of what a script printed beyond the module's buffer; nobody reads more, and a script may print for ever. */
const PRINTED_CHARACTERS = 200_000;

const OF_INSPECTOR = { exact: true, config: { permissions: { write: false }, instructions: INSPECTOR_INSTRUCTIONS } };

export class Engine {
  /**
   * @param {object} options
   * @param {object} options.functions for scripts
   * @param {...unknown} options.ofWorker those of `WorkerCu`: what its worker, its module and its store are, and who hears of it
   */
  static async open({ functions, ...ofWorker }) {
    const engine = await Engine.look(ofWorker);
    engine.functions = functions;
    engine.runner = await engine.inspector.open(engine.ofRunner());
    return engine;
  }

  /** One that runs nothing yet. */
  static async look(ofWorker) {
    return new Engine({}, await WorkerCu.create({ ...ofWorker, ...OF_INSPECTOR }));
  }

  /** Another one with globals of its own, over the same home in the same worker. */
  async beside(functions) {
    const engine = new Engine(functions, this.inspector);
    engine.runner = await this.inspector.open(engine.ofRunner());
    return engine;
  }

  /** Use `Engine.open`. */
  constructor(functions, inspector) {
    this.functions = functions;
    this.inspector = inspector;
    this.runner = undefined;
    this.listener = undefined;
    this.others = [];
  }

  ofRunner() {
    return {
      exact: true, now: true, functions: this.functions, config: { events: ['usage', 'output'] },
      onEvent: (event) => { if (this.listener !== undefined) this.listener(event); },
    };
  }

  get store() {
    return this.inspector.store;
  }

  /**
   * Runs a script. It rejects only as `compute` does; `figures` is filled in either way.
   * @param {{ limit: number, figures: object, signal?: AbortSignal }} options limit: milliseconds, 0 for none; a signal stops this script alone
   */
  async run(text, { limit, figures, signal }) {
    // Whoever leaves meanwhile takes it away: then it answers that it is closed.
    const { runner } = this;
    if (runner === undefined) throw (signal && signal.reason) ?? new Error('its globals ended before it ran');
    const putsOut = mayPutOut(text);
    if (putsOut) await runner.compute('_io.output = nil');
    const start = performance.now();
    Object.assign(figures, { instructions: 0, memory: 0, computed: 0, kept: 0, printed: '', leftOut: 0 });
    this.listener = (event) => listen(event, figures, performance.now() - start);
    try {
      const result = await runner.compute(asCompute(text), { signal, ...(limit > 0 ? { timeLimit: limit } : {}) });
      this.listener = undefined;
      return putsOut ? { ...result, putOut: await this.putOut() } : result;
    } finally {
      this.listener = undefined;
      figures.kept = performance.now() - start;
      // Without its text a function is shown as one whose script is not kept: that is no reason to lose the result.
      if (mayStoreFunctions(text)) await this.askOwn('remember', nameOf(text), text).catch(() => {});
    }
  }

  /** What the last script put into `_io.output`, as long as it is no larger than a result may be; undefined where that is nothing. */
  async putOut() {
    return (await this.runner.compute('return _io.output')).value ?? undefined;
  }

  /** Stops what runs: the worker, too, when it does not listen. */
  stop() {
    return this.runner.stop();
  }

  /** Globals as at the start; the home stays. */
  async renew() {
    const old = this.runner;
    this.runner = await this.inspector.open(this.ofRunner());
    await old.close();
  }

  /** Another instance over the same store, for a part of the page. */
  async open(options) {
    const other = await this.inspector.open(options);
    this.others.push(other);
    return other;
  }

  /** Frees what nothing in the home reaches any more. */
  tidy() {
    // What one of them still holds is not freed by the other.
    return Promise.all([this.inspector.runGc(), this.runner.runGc()]);
  }

  /** The home without anything in it. */
  async empty() {
    await this.inspector.compute('for key in next, _home do _home[key] = nil end', { permissions: {} });
    await this.tidy();
  }

  /** What a function of inspector.lua answers. Its text goes along, because a worker that was replaced does not have it. */
  ask(name, args, options) {
    return this.askIn(INSPECTOR, name, args, options);
  }

  /** The same of another text. */
  async askIn(text, name, args, options) {
    const [, { value }] = await Promise.all([this.inspector.compute(text, options), this.inspector.call(name, args, options)]);
    return value;
  }

  askOwn(name, ...args) {
    return this.ask(name, args, { home: OWN_HOME, permissions: {} });
  }

  /** Results with their tables of the home described, also those in lists, such as rows that a query found. */
  async describe(values) {
    const tables = tablesIn(values, LIST_DEPTH);
    if (tables.length === 0) return values;
    const found = new Map((await this.ask('describe_all', [tables])).map((description, index) => [tables[index], describedOf(description)]));
    const described = (value) => (Array.isArray(value) ? value.map(described) : found.get(value) ?? value);
    return values.map(described);
  }

  /** @param {object} [table] without one, `_home` */
  async page(table, after, count) {
    const page = await this.ask('page', [table ?? await this.home(), after, count]);
    return { ...page, entries: page.entries.map(([key, value]) => [key, describedOf(value)]) };
  }

  /** @param {object} [table] without one, `_home` */
  async entry(table, key) {
    return describedOf(await this.ask('entry', [table ?? await this.home(), key]));
  }

  /** The text of a script that left functions behind, null when it is no longer kept. */
  source(name) {
    return this.askOwn('source', name);
  }

  async home() {
    return (await this.inspector.compute('return _home')).value;
  }

  /** Names below a way such as `_G` or `_home.users`, and the type of what they lead to: as scripts see them now. */
  async names(way) {
    const code = `local names = {} for key, value in next, ${way} do
      if type(key) == "string" then names[#names + 1] = { key, type(value) } end if #names == 300 then break end end return names`;
    return (await this.runner.compute(code, { timeLimit: NAMES_MS, permissions: { write: false } })).value;
  }

  /** Ends it alone: what is beside it goes on. A script that runs must have been stopped. */
  async leave() {
    const { runner } = this;
    this.runner = undefined;
    if (runner !== undefined) await runner.close();
  }

  /** Ends the worker. */
  close() {
    const all = [this.inspector, this.runner, ...this.others].filter((each) => each !== undefined);
    return Promise.all(all.map((each) => each.close({ now: true })));
  }
}

const tablesIn = (values, depth) => values.slice(0, LISTED).flatMap((value) => (
  Array.isArray(value) && depth > 0 ? tablesIn(value, depth - 1) : value instanceof ExternalTable ? [value] : []));

function listen(event, figures, passed) {
  if (event.kind === 'output') {
    const text = typeof event.text === 'string' ? event.text : new TextDecoder().decode(event.text);
    const shown = text.slice(0, PRINTED_CHARACTERS - figures.printed.length);
    figures.printed += shown;
    figures.leftOut += text.length - shown.length;
  }
  if (event.kind !== 'usage') return;
  figures.instructions += event.instructions;
  figures.memory = Math.max(figures.memory, event.memory);
  figures.computed = passed;
}
