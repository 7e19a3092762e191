/** Running what is in the editor, and stopping it. */

import { attempt } from '../engine/attempt.js';
import { change, state } from '../state.js';
import { showHome } from './home.js';
import { current, reopenInMemory } from './session.js';

const RUNS = 30;
/** What a script removed is freed when no other one runs: that takes as long as there is much. */
const TIDY_MS = 1000;

let tidying;

/** What a home in memory was after the last run. */
let kept;

/** @param {string} text what is in the editor */
export async function run(text) {
  if (state.phase !== 'ready') return;
  change({ result: undefined, view: 'result' });
  await runAs(text, (result) => change({ result }));
}

/**
 * Runs a script, and looks at the home that it left.
 * @param {(result: object) => void} show gets what came of it (engine/attempt.js)
 * @returns {Promise<object | undefined>} the same; undefined where no script can run now
 */
export async function runAs(text, show) {
  if (state.phase !== 'ready') return undefined;
  clearTimeout(tidying);
  change({ phase: 'running' });
  const result = await attempt(current(), text, { limit: state.limit });
  await keepAside();
  tidying = setTimeout(() => { if (state.phase === 'ready') quietly(() => current().tidy()); }, TIDY_MS);
  const runs = [...state.runs, { ...result.figures, failed: result.kind === 'error' }].slice(-RUNS);
  change({ phase: 'ready', runs });
  show(result);
  // Without room each further call would only try to save the same once more, in vain.
  if (result.reason !== 'quota') await showHome();
  return result;
}

export async function stop() {
  if (state.phase !== 'running') return;
  change({ phase: 'stopping' });
  await current().stop();
}

/** It is tried again after the next run. */
async function quietly(action) {
  try {
    await action();
  } catch { /* Nothing is lost by it. */ }
}

/** A worker that has to be ended takes a home in memory with it. */
async function keepAside() {
  if (state.storage === undefined || state.storage.kind !== 'memory') return;
  try {
    kept = await current().store.snapshot();
  } catch {
    await reopenInMemory(kept);
  }
}
