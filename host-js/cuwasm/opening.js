/**
 * How an instance gets its module and its tables.
 *
 * Invariant: an instance is what it was, or is all of what was saved: nothing is in use before it is complete.
 */

import { Data } from '../data.js';
import { StateError } from '../errors.js';
import { Cu } from '../instance.js';
import { readModule } from './options.js';
import { Saves } from './saves.js';
import { storeOf } from './snapshots.js';
import { measure } from './statistics.js';
import { TrackedStore } from './tracked_store.js';

/** @param {import('./state.js').State} state with options */
export async function open(state) {
  const { options } = state;
  if (options.measure) state.begin = measure;
  options.module = await readModule(options.module);
  const store = options.autoRestore ? await restored(state, options.name) : undefined;
  const cu = await create(options, store || new TrackedStore());
  if (state.isClosed) throw new StateError('the instance was closed while it was loading');
  state.saves = new Saves(state);
  use(state, cu, true);
}

/** Goes on from a snapshot, after the saves and loads that were asked for before; false when there is none. */
export function reopen(state, name) {
  const done = Promise.all([state.reopened, state.saves.last]).then(() => goOn(state, name));
  state.reopened = done.catch(() => {});
  return done;
}

async function goOn(state, name) {
  const store = await restored(state, name);
  if (store === undefined) return false;
  const cu = await create(state.options, store);
  if (state.isClosed) throw new StateError('the instance was closed while a state was loaded');
  if (state.transaction !== undefined) throw new StateError('a transaction was begun while a state was loaded');
  use(state, cu, name === state.options.name);
  return true;
}

/** The store of a snapshot, undefined when there is none. */
async function restored(state, name) {
  const start = Date.now();
  const end = state.begin('cu:restore');
  try {
    const bytes = await state.options.storage.load(name);
    if (bytes === undefined || bytes === null) return undefined;
    const store = await storeOf(bytes);
    state.statistics.loaded(bytes.length, Date.now() - start);
    return store;
  } finally {
    end();
  }
}

async function create({ core, module }, store) {
  return Cu.create({ ...core, module, store });
}

/** @param {boolean} isSaved whether what the store has is what is saved under the name of the option `name` */
function use(state, cu, isSaved) {
  state.cu = cu;
  state.data = new Data(cu);
  state.isComputed = false;
  state.saves.begin(cu.store, isSaved);
}
