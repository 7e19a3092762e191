// The ways to run the programs of waits_model.mjs: in native Lua, and in an instance with functions that answer at once or later.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Cu, LuaError } from '../../host-js/index.js';
import { inFolder } from '../../host-js/test/folder.js';
import { nativeAnswers } from './snippets.mjs';
import { FUNCTIONS, IN_LUA } from './waits_functions.mjs';
import { PRELUDE } from './waits_model.mjs';

/**
 * What native Lua prints for each of the programs, with how it ended as the last line. `before` is Lua after the functions; `around` has the program
 * as `program`, and runs it with `ended`.
 */
export async function native(programs, { before = () => '', around = 'ended(pcall(program))', source = (program) => program.source } = {}) {
  const sections = programs.map((program) => `--- ${program.id}
    ${IN_LUA} ${before(program)}
    assert(load([==[${PRELUDE}]==], "=compute"))()
    local program = assert(load([==[${source(program)}]==], "=compute"))
    local function ended(ok, value)
      if ok then print("=> " .. tostring(value)) return end
      print("=! " .. ((type(value) == "string" or type(value) == "number") and value or "(error object is a " .. type(value) .. " value)"))
    end
    ${around}`);
  let answers;
  await inFolder(async (path) => {
    writeFileSync(path, sections.join('\n'));
    answers = nativeAnswers(pathToFileURL(path));
  });
  return programs.map(({ id }) => {
    const { output, result, status } = answers.get(id);
    // Where the program's main chunk was called cu knows no place.
    return status === 'ok' ? output.replaceAll(/snippet:\d+: /g, '') : `${output}native Lua: ${result}`;
  });
}

/** Why a program is cancelled. */
export const HALTED = new Error('halted');

/** Functions that answer when the driver says so: `decide` says of a name and a call which of `now`, `either` and `later` it is. */
export class Later {
  constructor(random, decide = () => 'later') {
    this.random = random;
    this.decide = decide;
    this.waiting = [];
    /** The program whose part ran last: what happens now is its. */
    this.owner = undefined;
    /** Called when a part of a program has ended. */
    this.ended = () => {};
    /** Whether nothing more comes of a program. */
    this.isOver = () => false;
    this.functions = this.wrapped(FUNCTIONS, '');
  }

  wrapped(functions, front) {
    return Object.fromEntries(Object.entries(functions).map(([name, run]) => {
      const whole = front + name;
      if (typeof run === 'object') return [name, this.wrapped(run, `${whole}.`)];
      const way = this.decide(whole);
      if (way === 'now') return [name, run];
      if (way === 'later') return [name, async (...args) => { await this.gate(); return run(...args); }];
      return [name, (...args) => (this.random(2) === 0 ? run(...args) : this.gate().then(() => run(...args)))];
    }));
  }

  gate() {
    const { owner } = this;
    return new Promise((resolve) => { this.waiting.push({ owner, resolve }); });
  }

  /** Lets one call answer, and waits until the program of it waits again, or has ended. */
  async settleOne() {
    const at = this.random(this.waiting.length);
    const last = this.waiting.pop();
    const chosen = at < this.waiting.length ? this.waiting[at] : last;
    if (chosen !== last) this.waiting[at] = last;
    this.owner = chosen.owner;
    // A script that runs long gives way to the rest of the program before it goes on. For some calls nobody waits.
    let timer;
    const part = this.isOver(chosen.owner) ? drained() : new Promise((resolve) => {
      this.ended = resolve;
      timer = setTimeout(resolve, 25);
    });
    chosen.resolve();
    await part;
    clearTimeout(timer);
    await drained();
  }
}

const drained = () => new Promise((resolve) => { setImmediate(resolve); });

/** An instance whose events are sorted by the programs that they are of. */
export class Many {
  static async create({ module, random, decide, config = {}, store, later = new Later(random, decide) }) {
    const many = new Many();
    many.later = later;
    const onEvent = (event) => {
      const seen = many.seen.get(later.owner);
      if (seen === undefined) return;
      if (event.kind === 'output') seen.output += event.text;
      if (event.kind === 'usage') {
        seen.used += event.instructions;
        later.ended();
      }
    };
    later.isOver = (id) => many.seen.get(id).isOver;
    // Output is reported as it is printed: what a script printed that fails later would be lost.
    many.cu = await Cu.create({ module, store, functions: later.functions, onEvent, config: { output: 0, events: ['output', 'usage'], ...config } });
    many.seen = new Map();
    many.running = 0;
    many.cu.compute(PRELUDE);
    return many;
  }

  /** Begins a program; what becomes of it is in `seen`. */
  start(id, start) {
    const seen = { output: '', used: 0, error: undefined, isOver: false };
    this.seen.set(id, seen);
    this.later.owner = id;
    this.running += 1;
    const done = (line) => {
      seen.output += `${line}\n`;
      seen.isOver = true;
      this.running -= 1;
    };
    start(this.cu).then(
      ({ value }) => done(`=> ${value}`),
      (error) => {
        seen.error = error;
        if (error === HALTED) done('=| halted');
        else done(error instanceof LuaError ? `=! ${error.message}` : `=! ${error.stack}`);
      },
    );
    return seen;
  }

  /** Lets calls answer in random order until nothing runs. */
  async finish() {
    await drained();
    while (this.running > 0) {
      if (this.later.waiting.length === 0) {
        await drained();
        if (this.later.waiting.length === 0 && this.running > 0) throw new Error(`${this.running} programs wait for nothing`);
        continue;
      }
      await this.later.settleOne();
    }
    return this;
  }

  /** Runs the programs, `most` at a time, and gives what they printed, and what they used. */
  async all(programs, { most = programs.length, start = (program) => (cu) => cu.run(program.source) } = {}) {
    const left = [...programs];
    while (left.length > 0 || this.running > 0) {
      while (left.length > 0 && this.running < most) {
        const program = left.shift();
        this.start(program.id, start(program));
        await drained();
      }
      if (this.later.waiting.length > 0) await this.later.settleOne();
      else await drained();
    }
    return programs.map(({ id }) => this.seen.get(id));
  }
}

/** What the programs print in an instance whose functions answer at once. */
export async function atOnce({ module, programs, config = {} }) {
  const seen = [];
  let last;
  const onEvent = (event) => {
    if (event.kind === 'output') last.output += event.text;
    if (event.kind === 'usage') last.used += event.instructions;
  };
  const cu = await Cu.create({ module, functions: FUNCTIONS, onEvent, config: { output: 0, events: ['output', 'usage'], ...config } });
  last = { output: '', used: 0 };
  cu.compute(PRELUDE);
  for (const program of programs) {
    last = { output: '', used: 0 };
    seen.push(last);
    try {
      const { value } = cu.compute(program.source);
      last.output += `=> ${value}\n`;
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      last.output += `=! ${error.message}\n`;
    }
  }
  return seen;
}
