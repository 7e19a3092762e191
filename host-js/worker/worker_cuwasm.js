/**
 * The functions of the earlier project (cuwasm/) in a worker: all of them as promises.
 */

import { Connection } from './connection.js';
import { addMethods, METHODS } from './methods.js';
import { checkFunction, closable, makePlan } from './options.js';


/** @type {WeakMap<CuWASM, { connection: Connection, number: number }>} */
const states = new WeakMap();

function ask(cu, method, args) {
  const state = states.get(cu);
  if (state === undefined) throw new TypeError('this is no CuWASM of a worker');
  return state.connection.ask(state.number, 'cuwasm', method, args);
}

export class CuWASM {
  /**
   * Starts a worker with an instance.
   * @param {object} [options] those of `CuWASM.init` of `cu/cuwasm` that can be sent, `onEvent`, and those of workers as for `WorkerCu.create`
   * @returns {Promise<CuWASM>}
   */
  static async init(options = {}) {
    const { worker: way, stopWait, startWait, onError, onEvent, module, ...instance } = options;
    checkFunction('onEvent', onEvent);
    const connection = new Connection(makePlan({ way, stopWait, startWait, onError, module }));
    try {
      const { number } = await connection.create('cuwasm', instance, { onEvent });
      return new CuWASM(connection, number);
    } catch (error) {
      await connection.endNow();
      throw error;
    }
  }

  /** Use `CuWASM.init`. */
  constructor(connection, number) {
    if (!(connection instanceof Connection)) throw new TypeError('an instance is made by CuWASM.init');
    states.set(this, { connection, number });
  }

  /** The function in a table, as one of the page, with its `metadata`. */
  async restoreFunction(table, name) {
    const { number, metadata } = await ask(this, 'restoreFunction', [table, name]);
    const restored = (...args) => ask(this, 'callFunction', [number, args]);
    restored.metadata = metadata;
    return restored;
  }

  /** Does `action` in a transaction, which is kept when it ends well and undone when it does not. */
  async transaction(action) {
    checkFunction('action', action, true);
    const transaction = await this.beginTransaction();
    let result;
    try {
      result = await action(this);
    } catch (error) {
      await this.rollbackTransaction(transaction).catch(() => {});
      throw error;
    }
    await this.commitTransaction(transaction);
    return result;
  }

  /** Stops what runs, and removes what waits. */
  async stop() {
    return states.get(this).connection.stop();
  }

  async close(options) {
    const { connection, number } = states.get(this);
    return connection.close(number, closable(options));
  }
}

addMethods(CuWASM.prototype, METHODS.cuwasm.filter((name) => name !== 'restoreFunction' && name !== 'callFunction'), ask);
