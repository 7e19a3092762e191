// A host that fails or dies at call n, for every n of a change.

import assert from 'node:assert/strict';

/**
 * Breaks the host of each store that `begin` answers at another call while `change` runs: that call fails, or it and all after it.
 * `check` looks at the store then, and in a new instance over what the host had when the instance died there.
 */
export function breakEachCall(begin, change, check) {
  let isOver = false;
  for (let first = 0; !isOver; first += 1) {
    for (const count of [1, Infinity]) {
      const store = begin();
      store.fail(first, count);
      const { error } = change(store);
      isOver = store.mend();
      const context = `call ${first}, ${count} fail: ${error}`;
      const dead = store.snapshot();
      check(store, context);
      store.tables = dead;
      store.restart();
      check(store, `${context}, in a new instance`);
    }
  }
}

/** The host dies again at each of these calls of the first work after a restart; in the end there is a new instance. */
export function dieAgain(store, calls) {
  for (const call of calls) {
    assert.equal(store.restart(), 0);
    store.fail(call, Infinity);
    store.run('return 1');
    store.mend();
  }
  assert.equal(store.restart(), 0);
}
