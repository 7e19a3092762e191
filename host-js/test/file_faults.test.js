/**
 * A FileStore whose calls of the file system fail, one after another: what is reported as failed is not there, what is reported
 * as done is.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import test from 'node:test';

import { MemoryStore } from '../index.js';
import { FileStore, FileStoreError } from '../node.js';
import { failing, onBrokenDisk, whole } from './broken_disk.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const value = (length, content) => new Uint8Array(length).fill(content);

const digest = (store) => createHash('sha1').update(store.snapshot()).digest('hex');

/** A store beside a memory store that does what was not refused, and knows what must be durable. */
class Watched {
  constructor(path, options) {
    this.path = path;
    this.options = options;
    this.model = new MemoryStore();
    this.states = [digest(this.model)];
    this.durable = 0;
    this.failures = 0;
    this.doubtful = undefined;
    this.store = undefined;
  }

  attempt(action) {
    try {
      action();
      return true;
    } catch (error) {
      assert.ok(error.code !== undefined || error instanceof FileStoreError, String(error.stack));
      this.failures++;
      return false;
    }
  }

  open() {
    for (let attempts = 0; !this.attempt(() => { this.store = FileStore.open(this.path, this.options); }); attempts++) {
      if (attempts === 3) return false;
    }
    return true;
  }

  change(table, key, length) {
    const done = this.attempt(() => {
      if (length === undefined) this.store.delete(table, bytes(key));
      else this.store.set(table, bytes(key), value(length, key));
    });
    if (!done) return;
    if (length === undefined) this.model.delete(table, bytes(key));
    else this.model.set(table, bytes(key), value(length, key));
    if (!this.model.inUnit) this.note();
  }

  unit(...changes) {
    this.store.begin();
    this.model.begin();
    for (const change of changes) this.change(...change);
    const hasChanges = this.store.unitStart >= 0;
    if (this.attempt(() => this.store.commit())) {
      this.model.commit();
      this.note();
      if (this.options.flushAfterCompute && hasChanges) this.durable = this.states.length - 1;
    } else {
      // Only where the log cannot be cut back the file may have it.
      if (this.store.log.failure !== undefined) this.doubtful = digest(this.model);
      this.model.rollBack();
    }
    assert.equal(this.store.memory.inUnit, false);
    this.check();
  }

  flush() {
    if (this.attempt(() => this.store.flush())) this.durable = this.states.length - 1;
    this.check();
  }

  compact() {
    if (this.attempt(() => this.store.compact())) this.durable = this.states.length - 1;
    this.check();
  }

  close() {
    const closed = this.attempt(() => this.store.close());
    if (closed && this.store.log.failure === undefined) this.durable = this.states.length - 1;
    this.checkFile();
    asOnWholeDisk(() => rmSync(`${this.path}.lock`, { force: true }));
  }

  note() {
    this.states.push(digest(this.model));
  }

  /** The memory has what was not refused; the file, as a crash would leave it, at least what is durable. */
  check() {
    assert.equal(digest(this.store), digest(this.model));
    this.checkFile();
  }

  checkFile() {
    const found = asOnWholeDisk(() => {
      const store = FileStore.open(this.path, { readOnly: true });
      store.close();
      return digest(store);
    });
    const at = this.states.lastIndexOf(found);
    const isIn = at >= this.durable || found === this.doubtful;
    assert.ok(isIn, `state ${at}, durable ${this.durable}, of ${this.states.length}`);
  }

  /** Reads back, and goes on from there. */
  reopen() {
    this.close();
    if (!this.open()) return false;
    const at = this.states.lastIndexOf(digest(this.store));
    assert.ok(at >= this.durable || this.doubtful !== undefined);
    this.model = MemoryStore.fromSnapshot(this.store.snapshot());
    this.states = [digest(this.model)];
    this.doubtful = undefined;
    this.durable = 0;
    return true;
  }
}

let broken;
const asOnWholeDisk = (action) => {
  whole();
  try {
    return action();
  } finally {
    if (broken !== undefined) broken();
  }
};

/** All that a store does with its file. */
function use(watched) {
  if (!watched.open()) return;
  watched.change(1, 1, 10);
  watched.flush();
  watched.unit([1, 2, 20], [1, 3, 30]);
  watched.change(2, 1, 5);
  watched.unit([1, 1], [2, 9, 9]);
  // Longer than a batch, alone and together.
  watched.unit([3, 1, 200000], [3, 2, 50000], [3, 3, 50000], [3, 4, 50000], [1, 2]);
  watched.change(3, 1, 150000);
  watched.change(3, 1);
  watched.unit([1, 4, 1]);
  watched.store.begin();
  watched.model.begin();
  watched.change(3, 5, 140000);
  watched.change(3, 2);
  // A roll back that fails is the end of the store, but memory is right.
  watched.attempt(() => watched.store.rollBack());
  watched.model.rollBack();
  watched.check();
  watched.compact();
  watched.unit([1, 5, 5]);
  watched.flush();
  if (!watched.reopen()) return;
  watched.unit([1, 6, 6], [1, 4]);
  watched.change(1, 7, 7);
  watched.flush();
  watched.close();
}

const PLANS = {
  'EIO once': (n) => (number) => (number === n ? 'EIO' : undefined),
  'EIO from then on': (n) => (number) => (number >= n ? 'EIO' : undefined),
  'ENOSPC at two calls': (n) => (number) => (number === n || number === n + 1 ? 'ENOSPC' : undefined),
};

for (const [name, plan] of Object.entries(PLANS)) {
  // Each takes seconds.
  for (const flushAfterCompute of name === 'EIO once' ? [true, false] : [true]) {
    test(`a store whose system call n fails (${name}, flushAfterCompute ${flushAfterCompute}) tells the truth`, async () => {
      for (let n = 1, done = false; !done; n++) {
        await onBrokenDisk((path) => {
          const count = { calls: 0 };
          // Between two parts of a run the disk is looked at as it is.
          broken = () => failing(plan(n), undefined, count);
          broken();
          const watched = new Watched(path, { flushAfterCompute });
          try {
            use(watched);
          } catch (error) {
            error.message = `call ${n}: ${error.message}`;
            throw error;
          }
          done = count.calls < n;
          if (done) assert.equal(watched.failures, 0);
          broken = undefined;
        });
        assert.ok(n < 1000);
      }
    });
  }
}
