/** Running what is in the editor, and stopping it. */

import { explain } from '../messages.js';
import { readError } from '../engine/script.js';
import { change, state } from '../state.js';
import { showHome } from './home.js';
import { current, reopenInMemory } from './session.js';

const RUNS = 30;
/** What a script removed is freed when no other one runs: that takes as long as there is much. */
const TIDY_MS = 1000;

let tidying;

/** What a home in memory was after the last run. */
let kept;

/** @param {string} text */
export async function run(text) {
  if (state.phase !== 'ready') return;
  clearTimeout(tidying);
  change({ phase: 'running', result: undefined, view: 'result' });
  const figures = {};
  let result;
  try {
    const { values, output } = await current().run(text, { limit: state.limit, figures });
    // A result that another tab has changed meanwhile is shown without what is in it.
    result = { kind: 'values', values: await current().describe(values).catch(() => values), printed: output + figures.printed };
  } catch (error) {
    result = { kind: 'error', ...explain(error), ...readError(error, text), errorClass: error.errorClass, printed: figures.printed ?? '' };
  }
  await keepAside();
  tidying = setTimeout(() => { if (state.phase === 'ready') quietly(() => current().tidy()); }, TIDY_MS);
  const runs = [...state.runs, { ...figures, failed: result.kind === 'error' }].slice(-RUNS);
  change({ phase: 'ready', result: { ...result, figures }, runs });
  // Without room each further call would only try to save the same once more, in vain.
  if (result.reason !== 'quota') await showHome();
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
