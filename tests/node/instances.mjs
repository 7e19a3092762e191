// Raw instances over one naive store, which take turns. Any of them may die at a call of the host.

import assert from 'node:assert/strict';
import { NaiveStore } from './naive_store.mjs';

/** What a host throws that dies. */
export class Death extends Error {}

export class Group {
  constructor(module) {
    this.module = module;
    this.tables = new Map();
    this.epoch = 0;
    this.last = undefined;
  }

  /** Another living instance. */
  start() {
    const one = new NaiveStore(this.module);
    one.tables = this.tables;
    return one;
  }

  /** The turn of an instance: it is told when it was another one's before. */
  turn(one, config = {}) {
    if (this.last !== one) this.epoch += 1;
    this.last = one;
    one.configure({ epoch: this.epoch, ...config });
    return one;
  }

  /** Runs code in the turn of an instance; its values. */
  run(one, code, config) {
    const { error, values } = this.turn(one, config).run(code);
    assert.equal(error, undefined, code);
    return values;
  }

  /** The text of the error that code ends with. */
  fail(one, code, config) {
    const { error } = this.turn(one, config).run(code);
    assert.notEqual(error, undefined, code);
    return error;
  }

  collect(one) {
    this.turn(one).exports.run_gc();
  }

  /** Runs `action` of an instance, which dies at its call number `at` of the host; whether it came so far. */
  dies(one, at, action) {
    let count = 0;
    one.lie = () => {
      count += 1;
      if (count === at) throw new Death();
      return undefined;
    };
    try {
      action();
      return false;
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      return true;
    } finally {
      one.lie = null;
    }
  }

  size(table) {
    return this.tables.get(table)?.size ?? 0;
  }
}
