/**
 * The options of an IndexedDBStore.
 *
 * Invariant: an option that is misspelled, or of the wrong kind, is an error before anything is opened.
 */

import { checkNames } from '../../option_names.js';
import { checkMilliseconds } from '../timer.js';

const MILLISECONDS = ['autosave', 'wait', 'grace'];
const CHOICES = ['repair', 'persist'];
const HANDLERS = ['onError', 'onChange'];
const NAMES = [...MILLISECONDS, ...CHOICES, ...HANDLERS, 'tabs', 'browser'];

export function checkOptions(options) {
  checkNames(options, 'an IndexedDBStore', NAMES);
  for (const name of Object.keys(options)) {
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
