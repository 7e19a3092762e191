/**
 * Values in messages between a page and a worker.
 *
 * The browser copies plain values, Maps, bytes and cycles by itself, and forgets classes. It keeps identity within one message, so each
 * message also lists the objects whose class would be forgotten, and who gets it gives them their class again: nothing in the values is
 * a mark, so no value can look like one.
 *
 * Invariant: errors arrive with class, message, stack, cause and all that they carry; values with their classes.
 */

import * as errors from '../errors.js';
import { StorageError } from '../store/storage_error.js';
import { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction, Values, Way } from '../values.js';
import { WorkerError } from './worker_error.js';

/** By the name in messages; a minifier may rename the classes themselves. */
const VALUES = { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction, Values, Way };

const { CuError, EncodeError, textOf, ...others } = errors;
const ERRORS = {
  ...others, CuError, EncodeError, StorageError, WorkerError, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, Error,
};

// Shorter bytes cost less to copy than to hand over.
const TRANSFER_BYTES = 16384;

/** In an error: it is an error, too. */
const CAUSE_DEPTH = 8;

/**
 * A message with values: what to post.
 * @param {object} message
 * @param {string} part the name of the part that has values
 * @param {boolean} [isOurs] whether nobody else has them: then their bytes are handed over, and not copied
 * @returns {{ message: object, transfer: ArrayBuffer[] }}
 */
export function packed(message, part, isOurs = false) {
  const found = new Finder(isOurs);
  found.visit(message[part]);
  if (found.classes.length > 0) message.classes = found.classes;
  return { message, transfer: [...found.transfer] };
}

/** The values of a message that arrived, with their classes. */
export function unpacked(message, part) {
  if (message.classes !== undefined) {
    for (const [object, name] of message.classes) {
      if (Object.prototype.hasOwnProperty.call(VALUES, name)) Object.setPrototypeOf(object, VALUES[name].prototype);
    }
  }
  return message[part];
}

/** An error as a plain object. What of it cannot be sent is left out. */
export function packedError(error, depth = CAUSE_DEPTH) {
  if (!(error instanceof Error) && !isDomException(error)) return { thrown: sendable(error) ? error : textOf(error) };
  const plain = { kind: kindOf(error), name: error.name, message: error.message, stack: error.stack, fields: {} };
  for (const key of Object.keys(error)) {
    if (key !== 'name' && key !== 'cause' && sendable(error[key])) plain.fields[key] = error[key];
  }
  if (error.cause !== undefined && depth > 0) plain.cause = packedError(error.cause, depth - 1);
  return plain;
}

/**
 * Posts a message with an error. What that carries may be such that it cannot be sent, or read: then it comes without.
 * @param {MessagePort} port
 * @param {object} message
 */
export function postError(port, message, error) {
  try {
    port.postMessage(packed({ ...message, error: packedError(error) }, 'error').message);
  } catch {
    port.postMessage({ ...message, error: bareError(error) });
  }
}

/** As `packedError`, without all that an error carries. */
export function bareError(error) {
  if (!(error instanceof Error) && !isDomException(error)) return { thrown: textOf(error) };
  const text = (part) => {
    try {
      return textOf(error[part]);
    } catch {
      return 'an error that cannot be read';
    }
  };
  return { kind: kindOf(error), name: text('name'), message: text('message'), stack: text('stack'), fields: {} };
}

export function unpackedError(plain) {
  if (plain.kind === undefined) return plain.thrown;
  const isDom = plain.kind === 'DOMException' && typeof DOMException === 'function';
  const error = isDom ? new DOMException(plain.message, plain.name) : new Error(plain.message);
  const Class = Object.prototype.hasOwnProperty.call(ERRORS, plain.kind) ? ERRORS[plain.kind] : undefined;
  if (Class !== undefined) Object.setPrototypeOf(error, Class.prototype);
  const show = (key, value, enumerable) => Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  if (!isDom && error.name !== plain.name) show('name', plain.name, Class !== undefined);
  show('stack', plain.stack, false);
  for (const key of Object.keys(plain.fields)) show(key, plain.fields[key], true);
  if (plain.cause !== undefined) show('cause', unpackedError(plain.cause), true);
  return error;
}

/**
 * The error for values that cannot be sent: it names the place of the first.
 * @param {unknown} cause what `postMessage` threw
 */
export function unsendable(value, name, cause) {
  const path = pathTo(value, name, new Set());
  if (path === undefined) return cause;
  return new EncodeError(`${path.what} cannot be sent to a worker`, path.at);
}

class Finder {
  constructor(isOurs) {
    this.isOurs = isOurs;
    this.classes = [];
    this.transfer = new Set();
    this.seen = new Set();
  }

  visit(start) {
    // A list of what is to be looked at: nesting takes no stack.
    const left = [start];
    while (left.length > 0) {
      const value = left.pop();
      if (typeof value !== 'object' || value === null || this.seen.has(value)) continue;
      if (ArrayBuffer.isView(value)) {
        this.bytes(value);
        continue;
      }
      this.seen.add(value);
      const name = classOf(value);
      if (name !== undefined) this.classes.push([value, name]);
      pushParts(value, left);
    }
  }

  /** A view of a part of a buffer may share it with others. */
  bytes({ buffer, byteLength }) {
    if (this.isOurs && byteLength >= TRANSFER_BYTES && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) this.transfer.add(buffer);
  }
}

function pushParts(value, into) {
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') into.push(element);
  } else if (value instanceof Map) {
    for (const [key, element] of value) into.push(key, element);
  } else if (value instanceof Set) {
    for (const element of value) into.push(element);
  } else {
    for (const key of Object.keys(value)) if (typeof value[key] === 'object') into.push(value[key]);
  }
}

function classOf(value) {
  if (Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value)) return undefined;
  return Object.keys(VALUES).find((name) => value instanceof VALUES[name]);
}

function kindOf(error) {
  if (isDomException(error)) return 'DOMException';
  return Object.keys(ERRORS).find((name) => Object.getPrototypeOf(error) === ERRORS[name].prototype) || 'Error';
}

function isDomException(value) {
  return typeof DOMException === 'function' && value instanceof DOMException;
}

function sendable(value) {
  return pathTo(value, '', new Set()) === undefined;
}

/** The first place whose value cannot be sent, undefined where there is none. */
function pathTo(value, at, seen) {
  if (typeof value === 'function' || typeof value === 'symbol') return { at, what: typeof value === 'function' ? 'a function' : 'a symbol' };
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return undefined;
  seen.add(value);
  const foreign = foreignClass(value);
  if (foreign !== undefined) return { at, what: `an object of the class ${foreign}` };
  if (value instanceof Map) {
    for (const [key, element] of value) {
      const found = pathTo(key, `${at} (a key)`, seen) || pathTo(element, `${at}.get(${textOf(key)})`, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const inner = value instanceof Set ? [...value] : value;
  for (const key of Object.keys(inner)) {
    const found = pathTo(inner[key], Array.isArray(inner) ? `${at}[${key}]` : `${at}.${key}`, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Classes that the browser refuses, and that programs have at hand. */
function foreignClass(value) {
  if (value instanceof Promise) return 'Promise';
  if (value instanceof WeakMap || value instanceof WeakSet) return 'WeakMap or WeakSet';
  return undefined;
}
