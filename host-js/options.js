/**
 * The options with which an instance is created.
 *
 * Invariant: an option that is misspelled is an error: without its home, an instance would use that of others.
 */

const NAMES = ['module', 'store', 'config', 'home', 'onEvent', 'now', 'onTick', 'exact'];
const STORE_METHODS = ['get', 'set', 'delete', 'size', 'keys'];

/** Throws a TypeError that names what is wrong; `more` are the options of add-ons. */
export function checkOptions(options, more = []) {
  const names = [...NAMES, ...more];
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`no option of an instance is called ${name}; there are ${names.join(', ')}`);
  }
  const { store } = options;
  if (store === undefined || store === null) return;
  for (const method of STORE_METHODS) {
    if (typeof store[method] !== 'function') throw new TypeError(`the store has no method ${method}`);
  }
}
