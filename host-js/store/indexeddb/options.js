/**
 * The options of an IndexedDBStore.
 *
 * Invariant: an option that is misspelled, or of the wrong kind, is an error before anything is opened.
 */

import { checkMilliseconds } from '../timer.js';

const MILLISECONDS = ['autosave', 'wait', 'grace'];
const CHOICES = ['repair', 'persist'];
const HANDLERS = ['onError', 'onChange'];
const NAMES = [...MILLISECONDS, ...CHOICES, ...HANDLERS, 'tabs', 'browser'];

export function checkOptions(options) {
  if (typeof options !== 'object' || options === null) throw new TypeError(`options are an object, and not ${String(options)}`);
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) throw new TypeError(`an IndexedDBStore has no option ${name}; there are ${NAMES.join(', ')}`);
    if (options[name] !== undefined) checkOption(name, options[name]);
  }
}

function checkOption(name, value) {
  const refuse = (wanted) => { throw new TypeError(`${name} is ${String(value)}; wanted is ${wanted}`); };
  if (MILLISECONDS.includes(name) && !(name === 'autosave' && value === false)) checkMilliseconds(name, value);
  if (CHOICES.includes(name) && typeof value !== 'boolean') refuse('true or false');
  if (HANDLERS.includes(name) && typeof value !== 'function') refuse('a function');
  if (name === 'tabs' && value !== 'turns' && value !== 'one') refuse("'turns' or 'one'");
}
