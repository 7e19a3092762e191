/**
 * Checks of arguments.
 *
 * Invariant: whatever a caller passes, a function either has a value of its type or throws a TypeError or RangeError that names the
 * argument and shows the value.
 */

/** The most characters of a value that a message shows. */
const SHOWN = 60;

const NAME_BYTES = 255;

/** A value as a message shows it; it throws for nothing. */
export function shown(value) {
  const text = textOf(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function textOf(value) {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  try {
    const { name } = Object.getPrototypeOf(value).constructor;
    return name === 'Object' ? 'an object' : `a ${name}`;
  } catch (error) {
    return 'an object';
  }
}

/** Throws: `what` is the name of the argument, `wanted` says what it has to be. */
export function refuse(what, wanted, value) {
  throw new TypeError(`${what} is to be ${wanted}, not ${shown(value)}`);
}

export function checkString(what, value) {
  return typeof value === 'string' ? value : refuse(what, 'a string', value);
}

export function checkBoolean(what, value) {
  return typeof value === 'boolean' ? value : refuse(what, 'true or false', value);
}

export function checkFunction(what, value) {
  return typeof value === 'function' ? value : refuse(what, 'a function', value);
}

/** An object that is no list: of options, for example. */
export function checkObject(what, value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : refuse(what, 'an object', value);
}

/** A whole number from `least` to `most`. */
export function checkWhole(what, value, least, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value)) refuse(what, 'a whole number', value);
  if (value < least || value > most) {
    const bounds = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    throw new RangeError(`${what} is to be ${bounds}, not ${value}`);
  }
  return value;
}

/** Options with no names but these; a misspelled one is an error. */
export function checkOptions(what, options, names) {
  if (options === undefined) return {};
  for (const name of Object.keys(checkObject(what, options))) {
    if (!names.includes(name)) throw new TypeError(`${what} has no option ${shown(name)}; there are ${names.join(', ')}`);
  }
  return options;
}

/** The name of a snapshot: text of 1 to 255 bytes in UTF-8. */
export function checkSnapshotName(value) {
  checkString('the name of a snapshot', value);
  let bytes;
  try {
    bytes = encodeURIComponent(value).replace(/%../g, 'x').length;
  } catch (error) {
    refuse('the name of a snapshot', 'text without half characters', value);
  }
  if (bytes === 0 || bytes > NAME_BYTES) {
    throw new RangeError(`the name of a snapshot has 1 to ${NAME_BYTES} bytes, not ${bytes}: ${shown(value)}`);
  }
  return value;
}
