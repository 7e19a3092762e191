/**
 * A `CuWASM` in a worker, for the page: what it answers that cannot be sent becomes a number, which the page sends back.
 */

import { CuWASM } from '../cuwasm/cuwasm.js';
import { IoWrapper } from '../cuwasm/io_wrapper.js';

export class CuWASMCalls {
  /** @param {object} options of `CuWASM.init`, and `now: true` for the clock, which it has anyway */
  static async create({ now, ...options }) {
    return new this(await CuWASM.init(options));
  }

  constructor(cu) {
    this.cu = cu;
    this.io = new IoWrapper(cu);
    this.functions = [];
    this.transaction = undefined;
    this.transactions = 0;
  }

  /** Runs a method, or the one of this class that stands in for it. */
  perform(name, args) {
    if (Object.prototype.hasOwnProperty.call(CuWASMCalls.prototype, name)) return this[name](...args);
    return this.cu[name](...args);
  }

  async restoreFunction(table, name) {
    const restored = await this.cu.restoreFunction(table, name);
    return { number: this.functions.push(restored) - 1, metadata: restored.metadata };
  }

  callFunction(number, args) {
    return this.functions[number](...args);
  }

  computeWithIo(code, inputData, options) {
    return this.io.computeWithIo(code, inputData, options);
  }

  request(method, params) {
    return this.io.request(method, params);
  }

  async beginTransaction() {
    this.transaction = await this.cu.beginTransaction();
    this.transactions++;
    return { isTransaction: true, number: this.transactions };
  }

  commitTransaction(given) {
    return this.cu.commitTransaction(this.known(given));
  }

  rollbackTransaction(given) {
    return this.cu.rollbackTransaction(this.known(given));
  }

  known(given) {
    return given && given.number === this.transactions ? this.transaction : given;
  }
}
