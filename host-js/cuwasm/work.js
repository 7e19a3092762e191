/**
 * The two ways in which the methods of an instance work: as `compute`, and as what answers a promise of one value.
 *
 * Invariant: whatever happens, the last error is that of the last call, it is counted, and what changed is noticed.
 */

import { withContents } from './contents.js';
import { failure, promised, success } from './answer.js';
import { opened, stateOf } from './state.js';

/** Runs Lua, and answers as `compute` does. */
export function run(instance, action) {
  const state = stateOf(instance);
  const end = state.begin('cu:compute');
  try {
    state.error = undefined;
    const { cu } = opened(instance);
    state.isComputed = true;
    state.statistics.computes++;
    const result = action(cu);
    withContents(cu.store, result.values);
    return success(result);
  } catch (error) {
    failed(state, error);
    return failure(error);
  } finally {
    over(state, end);
  }
}

/** Does at once what is promised to be asynchronous. */
export function attempt(instance, action, name = 'cu:other') {
  const state = stateOf(instance);
  return promised(() => {
    const end = state.begin(name);
    try {
      state.error = undefined;
      return action(opened(instance));
    } catch (error) {
      failed(state, error);
      throw error;
    } finally {
      over(state, end);
    }
  });
}

function failed(state, error) {
  state.error = error;
  state.statistics.errors++;
}

function over(state, end) {
  end();
  if (state.saves !== undefined) state.saves.look();
}
