/** Running what is in the editor, and stopping it. */

import { explain } from '../messages.js';
import { readError } from '../engine/script.js';
import { change, state } from '../state.js';
import { showHome } from './home.js';
import { current, reopenInMemory } from './session.js';

const RUNS = 30;

/** What a home in memory was after the last run. */
let kept;

/** @param {string} text */
export async function run(text) {
  if (state.phase !== 'ready') return;
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
  const runs = [...state.runs, { ...figures, failed: result.kind === 'error' }].slice(-RUNS);
  change({ phase: 'ready', result: { ...result, figures }, runs });
  await showHome();
}

export async function stop() {
  if (state.phase !== 'running') return;
  change({ phase: 'stopping' });
  await current().stop();
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
