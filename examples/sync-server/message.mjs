// What a page and the server send each other, in the bytes of cu's values (abi/README.md), so that 1 and 1.0, bytes and big integers stay what they are.
//
//   page to server   { me = NAME, message = MESSAGE or nil }                          nil where the page does not know the server's name yet
//   server to page   { name = NAME, taken = BOOLEAN, message = MESSAGE, refused = ... }
//                    { anew = REASON }                                                the page needs another name (examples/sync.lua)
//
// A message is one of examples/sync.lua.
//
// Invariant: what is read here has the form that sync.lua expects, and is plain: no reference to a table of the reader's store, no function.

import { decode, encode } from '../../host-js/codec.js';
import { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction } from '../../host-js/values.js';

/** Rows of one message. */
export const MOST_ROWS = 200;
/** Bytes of a request or an answer: a message has to fit the memory of the module, twice. */
export const MOST_BYTES = 512 * 1024;
/** Instances that ever changed one row. */
const MOST_NAMES = 1000;
const NAME = /^\w{1,120}$/;
const TEXT = /^[\w.]{1,64}$/;
const MARK = /^[\w.+ -]{0,200}$/;

export class MessageError extends Error {
  name = 'MessageError';
}

const fail = (problem) => { throw new MessageError(problem); };

export const writeRequest = (me, message) => encode({ me, ...(message === undefined ? {} : { message }) });
export const writeAnswer = (answer) => encode(answer);

/** @returns {{ me: string, message?: object }} */
export function readRequest(bytes) {
  const { me, message } = decoded(bytes);
  checkName('me', me);
  if (message !== undefined) {
    checkMessage(message);
    if (message.from !== me) fail(`the message is from ${message.from}, the request from ${me}`);
  }
  return { me, message };
}

/** @returns {{ name: string, taken: boolean, message: object, refused: object[] } | { anew: string }} */
export function readAnswer(bytes) {
  const answer = decoded(bytes);
  if (typeof answer.anew === 'string') return { anew: answer.anew.slice(0, 300) };
  const { name, taken, message, refused = [] } = answer;
  checkName('name', name);
  if (typeof taken !== 'boolean') fail(`taken is ${String(taken)}; wanted is a boolean`);
  checkMessage(message);
  if (message.from !== name) fail(`the message is from ${message.from}, the answer from ${name}`);
  return { name, taken, message, refused: listOf('refused', refused, MOST_ROWS) };
}

function decoded(bytes) {
  if (bytes.length > MOST_BYTES) fail(`${bytes.length} bytes; at most ${MOST_BYTES} are taken`);
  let value;
  try {
    value = decode(bytes, { exact: true });
  } catch (cause) {
    throw new MessageError(`these bytes are no value of cu: ${cause.message}`, { cause });
  }
  if (!isObject(value)) fail('this is no table with names as its keys');
  checkPlain(value);
  return value;
}

/** Of what `decode` makes a table with names as its keys. */
const isObject = (value) => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Depth is bounded by the codec. */
function checkPlain(value) {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof CuFloat || value instanceof CuBigInteger) return;
  if ([ExternalTable, LuaFunction, LibraryFunction].some((type) => value instanceof type)) fail(`a ${value.constructor.name} is no plain value`);
  if (value instanceof Map) for (const key of value.keys()) checkPlain(key);
  for (const each of value instanceof Map ? value.values() : Object.values(value)) checkPlain(each);
}

function checkMessage(message) {
  if (!isObject(message)) fail('message is no table with names as its keys');
  const { from, to, after, last, mark, got, got_mark: gotMark, begun, known, more, rows } = message;
  checkName('from', from);
  checkName('to', to);
  for (const [name, count] of Object.entries({ after, last, got })) {
    if (!isCount(count)) fail(`${name} is ${shown(count)}; wanted is a whole number from 0 on`);
  }
  for (const [name, text] of Object.entries({ mark, got_mark: gotMark })) if (typeof text !== 'string' || !MARK.test(text)) fail(`${name} is ${shown(text)}`);
  if (!isText(begun)) fail(`begun is ${shown(begun)}`);
  if (known !== undefined && !isText(known)) fail(`known is ${shown(known)}`);
  if (typeof more !== 'boolean') fail(`more is ${shown(more)}; wanted is a boolean`);
  for (const row of listOf('rows', rows, MOST_ROWS)) checkRow(row);
}

function checkRow(row) {
  if (!isObject(row)) fail('a row is no table with names as its keys');
  const { key, time, by, merged, seen } = row;
  if (key === undefined || key === null || typeof key === 'object' && !(key instanceof Uint8Array || key instanceof CuFloat)) fail(`key is ${shown(key)}; wanted is a string, a number or a boolean`);
  const seconds = Number(time);
  if (!(typeof time === 'number' || time instanceof CuFloat) || !(seconds >= 0 && seconds < Infinity)) fail(`time is ${shown(time)}; wanted are seconds since 1970`);
  checkName('by', by);
  if (typeof merged !== 'boolean') fail(`merged is ${shown(merged)}; wanted is a boolean`);
  // An empty table is a list.
  const names = Array.isArray(seen) && seen.length === 0 ? [] : isObject(seen) ? Object.entries(seen) : fail('seen is no table with names as its keys');
  if (names.length > MOST_NAMES) fail(`seen has ${names.length} names; at most ${MOST_NAMES} are taken`);
  for (const [name, count] of names) {
    checkName('seen', name);
    if (!isCount(count)) fail(`seen.${name} is ${shown(count)}; wanted is a whole number from 0 on`);
  }
}

function listOf(name, list, most) {
  if (!Array.isArray(list)) fail(`${name} is no list`);
  if (list.length > most) fail(`${name} has ${list.length} elements; at most ${most} are taken`);
  return list;
}

function checkName(what, name) {
  if (typeof name !== 'string' || !NAME.test(name)) fail(`${what} is ${shown(name)}; wanted are 1 to 120 letters, digits and underscores`);
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isText = (value) => typeof value === 'string' && TEXT.test(value);
const shown = (value) => (typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value instanceof CuFloat ? value.value : value).slice(0, 40));
