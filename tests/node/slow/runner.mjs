// Compares scripts under a budget with a plain loop under the same budget: how many times as long each script takes.
//
// Noise only makes a run slower, so the result is the least ratio of several rounds, each with a new run of the plain loop.

import v8 from 'node:v8';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** A script may take this many times as long as a plain loop under the same budget. */
export const SLOWEST = 10;

/**
 * Compiles a module once for all threads, with the optimising compiler only, so that no run uses code that will be
 * replaced.
 */
export function compileWhole(path) {
  v8.setFlagsFromString('--no-liftoff');
  v8.setFlagsFromString('--no-wasm-lazy-compilation');
  return new WebAssembly.Module(readFileSync(path));
}

export class Runner {
  #module;
  #patience;
  #worker;
  #clock;

  /**
   * @param patience milliseconds after which a script counts as one that does not end
   * @param clock milliseconds that a call of os.clock takes
   */
  constructor(module, patience = 20_000, clock = 0) {
    this.#module = module;
    this.#patience = patience;
    this.#clock = clock;
  }

  /** One round of a case: the answer of thread.mjs, or `{ endless: true, time }`. */
  async round(request) {
    this.#worker ??= new Worker(new URL('thread.mjs', import.meta.url), { workerData: { module: this.#module, clock: this.#clock } });
    const worker = this.#worker;
    let [timer, done, fail] = [];
    const start = performance.now();
    try {
      return await new Promise((resolve, reject) => {
        [done, fail] = [resolve, reject];
        worker.once('message', done);
        worker.once('error', fail);
        timer = setTimeout(() => resolve({ endless: true, time: performance.now() - start }), this.#patience);
        worker.postMessage(request);
      }).then(async (answer) => {
        if (answer.endless) await this.close();
        return answer;
      });
    } catch (error) {
      this.#worker = undefined;
      return { trouble: `the thread died: ${error.message}`, time: performance.now() - start };
    } finally {
      clearTimeout(timer);
      worker.off('message', done);
      worker.off('error', fail);
    }
  }

  /**
   * The ratio of a case: the least of up to `rounds`, each in a fresh instance. It ends early with a round below `enough`.
   * `{ ratio, used, endless, trouble, setupError, uneven }`; `uneven` are two counts that differ.
   */
  async measure(request, rounds = 4, enough = SLOWEST) {
    let [best, first] = [undefined, undefined];
    for (let round = 0; round < rounds; round += 1) {
      const answer = await this.round({ ...request, key: undefined });
      if (answer.endless) return { ...answer, ratio: Infinity };
      if (answer.setupError !== undefined || answer.trouble !== undefined) return { ratio: NaN, ...answer };
      answer.ratio = answer.time / answer.plain;
      first ??= answer;
      if (answer.used !== first.used) answer.uneven = [first.used, answer.used];
      if (best === undefined || answer.ratio < best.ratio) best = { ...best, ...answer };
      else if (answer.uneven) best.uneven = answer.uneven;
      if (best.ratio < enough) break;
    }
    return best;
  }

  /** Ends the thread, even during a script. */
  async close() {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
