// Calls from JavaScript, measured in Node and in a page alike: a small compute, rows in and out, a stream. cu and wasmoon take turns
// within a round, and each checks what it is answered.

const ROWS = 1_000;
const ITEMS = 100_000;
/** What `processStream` takes where nothing is said. */
const BATCH = 100;

/**
 * `of`: computes in a run, which takes few milliseconds where that is possible: some are undisturbed on a busy machine, too. A figure is
 * the best of the rounds, in milliseconds of one.
 */
const CALLS = [
  { what: 'compute', rounds: 200, of: 2_000 },
  { what: 'rows', rounds: 50, of: 1 },
  { what: 'stream', rounds: 5, of: 1 },
];

const rows = Array.from({ length: ROWS }, (_, at) => ({ id: at + 1, name: `user ${at + 1}`, score: at * 1.5 }));
const items = Array.from({ length: ITEMS }, (_, at) => at);

const SUM = 'return 1+1';
const rowsInLua = (input, output) => `local out = {}
  for at, row in ipairs(${input}) do out[at] = { id = row.id, name = row.name, score = row.score } end
  ${output} out`;
const batchInLua = (input, output) => `local out = {} for at, item in ipairs(${input}) do out[at] = item * 2 end ${output} out`;

const check = (found, wanted) => {
  if (found !== wanted) throw new Error(`the answer is ${found}, not ${wanted}`);
};

function checkRows(found) {
  check(found.length, ROWS);
  check(found[ROWS - 1].score, rows[ROWS - 1].score);
}

function checkBatches(found) {
  check(found.length, ITEMS / BATCH);
  check(found[found.length - 1][BATCH - 1], 2 * items[ITEMS - 1]);
}

class InCore {
  static async create({ core, module }) {
    const one = new this();
    one.cu = await core.Cu.create({ module });
    return one;
  }

  compute() {
    check(this.cu.compute(SUM).value, 2);
  }
}

class InCuWASM {
  static async create({ cuwasm, module }) {
    const one = new this();
    one.cu = await cuwasm.CuWASM.init({ module });
    one.io = new cuwasm.IoWrapper(one.cu);
    return one;
  }

  compute() {
    check(this.cu.compute(SUM).value, 2);
  }

  rows() {
    this.cu.setInput(rows);
    this.cu.compute(rowsInLua('_io.input', '_io.output ='));
    checkRows(this.cu.getOutput());
  }

  async stream() {
    checkBatches(await this.io.processStream(batchInLua('_io.input.batch', '_io.output ='), items));
  }
}

class InWasmoon {
  static async create({ wasmoon, glue }) {
    const one = new this();
    one.lua = await new wasmoon.LuaFactory(glue).createEngine();
    return one;
  }

  #run(code) {
    const value = this.lua.doStringSync(code);
    this.lua.global.setTop(0); // doStringSync leaves its results on the stack
    return value;
  }

  compute() {
    check(this.#run(SUM), 2);
  }

  rows() {
    this.lua.global.set('input', rows);
    checkRows(this.#run(rowsInLua('input', 'return')));
  }

  stream() {
    const outputs = [];
    for (let at = 0; at < ITEMS; at += BATCH) {
      this.lua.global.set('batch', items.slice(at, at + BATCH));
      outputs.push(this.#run(batchInLua('batch', 'return')));
    }
    checkBatches(outputs);
  }
}

const CONTENDERS = { core: InCore, cuwasm: InCuWASM, wasmoon: InWasmoon };

/**
 * For each of `CALLS` its name, and `milliseconds` of one for all who can do it.
 *
 * @param {{ core: object, cuwasm: object, module: WebAssembly.Module, wasmoon: object, glue?: string }} what modules, and where wasmoon's file is
 */
export async function measureCalls(what) {
  const contenders = {};
  for (const [name, Contender] of Object.entries(CONTENDERS)) contenders[name] = await Contender.create(what);
  const measures = [];
  for (const call of CALLS) measures.push({ what: call.what, milliseconds: await bestOf(call, contenders) });
  return measures;
}

async function bestOf({ what, rounds, of }, contenders) {
  const best = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, one] of Object.entries(contenders)) {
      if (one[what] === undefined) continue;
      const start = performance.now();
      for (let run = 0; run < of; run += 1) {
        const done = one[what]();
        if (done !== undefined) await done;
      }
      const each = (performance.now() - start) / of;
      // The first round is for the compilers of the engine.
      if (round > 0) best[name] = Math.min(best[name] ?? Infinity, each);
    }
  }
  return best;
}
