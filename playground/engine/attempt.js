/** A script is run: what came of it, or what went wrong, as views show it. */

import { explain } from '../messages.js';
import { readError } from './script.js';

/**
 * @param {import('./engine.js').Engine} engine
 * @param {string} text
 * @param {{ limit: number, signal?: AbortSignal }} options those of `Engine.run`
 * @returns {Promise<object>} `{ kind: 'values', values, returned, printed, output, putOut, figures }`: `returned` is as it came, `values` has tables
 *   described, as `output` has those of `putOut`, which the script put into `_io.output`;
 *   or `{ kind: 'error', error, title, text, line, message, traceback, printed, figures, ... }`
 */
export async function attempt(engine, text, options) {
  const figures = {};
  try {
    const { values: returned, output: written, putOut } = await engine.run(text, { ...options, figures });
    const all = [putOut, ...returned];
    // A result that another tab has changed meanwhile is shown without what is in it.
    const [output, ...values] = await engine.describe(all).catch(() => all);
    return { kind: 'values', values, returned, printed: written + figures.printed, output, putOut, figures };
  } catch (error) {
    return { kind: 'error', error, ...explain(error), ...readError(error, text), errorClass: error.errorClass, printed: figures.printed ?? '', figures };
  }
}
