/**
 * The names of options.
 *
 * Invariant: an option that is misspelled is an error. Otherwise a limit would not hold, and a file would be written that was to be read.
 */

/** Throws a TypeError that names what is wrong; `what` has the options. */
export function checkNames(options, what, names) {
  if (Object(options) !== options) throw new TypeError(`the options of ${what} are an object, and not ${String(options)}`);
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`no option of ${what} is called ${name}; there are ${names.join(', ')}`);
  }
}
