/**
 * Values of Lua as elements: short ones in a line, tables that open.
 *
 * Invariant: only what is open is built, and a long list is built in parts, so no value holds the page up.
 */

import { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction } from '../../host-js/values.js';
import { Described } from '../engine/described.js';
import { element } from './elements.js';
import { bytes, count, plural } from './numbers.js';

const PART = 100;
const SHOWN_CHARACTERS = 2000;

/** @param {{ read?: (table: ExternalTable, after: unknown) => Promise<object> }} options read: a page of a table of the home */
export function valueElement(value, options = {}) {
  const entries = entriesOf(value);
  if (entries !== undefined) return opening(summary(value, entries), (into) => addPart(into, entries, 0, options));
  const table = value instanceof ExternalTable ? value : value instanceof Described ? value.table : undefined;
  if (table !== undefined && options.read !== undefined) {
    return opening(textElement('table', describeTable(value)), (into) => addPage(into, table, undefined, options));
  }
  return scalar(value);
}

/** A value in one line. */
export function scalar(value) {
  const [kind, text] = words(value);
  return textElement(kind, text);
}

function textElement(kind, text) {
  return element(`span.value.${kind}`, { title: text.length > 80 ? text.slice(0, 400) : '' }, text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** Its kind, and its text as Lua would write it. */
export function words(value) {
  if (value === null || value === undefined) return ['nil', 'nil'];
  if (typeof value === 'boolean') return ['boolean', String(value)];
  if (typeof value === 'string') return ['string', quoted(value)];
  if (typeof value === 'number' || typeof value === 'bigint') return ['number', String(value)];
  if (value instanceof CuFloat) return ['number', floatText(value.value)];
  if (value instanceof CuBigInteger) return ['number', String(value.value)];
  if (value instanceof Uint8Array) return ['string', `${bytes(value.length)} that are not text`];
  if (value instanceof LuaFunction) return ['function', 'function'];
  if (value instanceof LibraryFunction) return ['function', value.name];
  if (value instanceof ExternalTable) return ['table', 'table of the home'];
  return value instanceof Described ? describedWords(value) : ['table', `{ ${plural(entriesOf(value).length, 'entry')} }`];
}

function describedWords(value) {
  if (value.kind === 'text') return ['string', `${quoted(String(value.text))}… ${bytes(value.bytes)}`];
  if (value.kind === 'function') return ['function', `function, ${value.first === value.last ? `line ${value.first}` : `lines ${value.first}–${value.last}`}`];
  if (value.kind === 'library') return ['function', 'function of Lua'];
  return ['table', describeTable(value)];
}

const describeTable = (value) => (value.size === undefined ? 'table of the home' : `${value.class === undefined ? '' : `${visible(value.class)}, `}${plural(value.size, 'entry')}`);

/** What is not seen, and what turns letters around, as Lua would write it: so no text looks like another one. */
export const visible = (text) => text.replace(/[\p{Cc}\p{Bidi_C}]/gu, (letter) => `\\${'nrt'['\n\r\t'.indexOf(letter)] ?? `u{${letter.charCodeAt().toString(16)}}`}`);
const quoted = (text) => `"${visible(text.replace(/["\\]/g, '\\$&'))}"`;

/** As Lua prints it: 3.0, 1e+100, inf. */
function floatText(number) {
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number > 0 ? 'math.huge' : '-math.huge';
  // Beyond these not all digits are those of the number.
  const text = Object.is(number, -0) ? '-0' : Math.abs(number) > Number.MAX_SAFE_INTEGER + 1 ? number.toExponential() : String(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Those of a table that came with its content, undefined for all other values. */
export function entriesOf(value) {
  if (Array.isArray(value)) return value.map((item, index) => [index + 1, item]);
  if (value instanceof Map) return [...value];
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.entries(value) : undefined;
}

function summary(value, entries) {
  const shown = entries.slice(0, 4).map(([key, item]) => {
    const text = entriesOf(item) === undefined ? words(item)[1] : '{…}';
    const short = text.length > 24 ? `${text.slice(0, 23)}…` : text;
    return Array.isArray(value) ? short : `${keyText(key)} = ${short}`;
  });
  if (entries.length > shown.length) shown.push('…');
  return textElement('table', entries.length === 0 ? '{}' : `{ ${shown.join(', ')} }`);
}

/** A key: a name as it is, any other text in quotes, so that `1` and `"1"` differ. */
export const keyText = (key) => (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) ? key : words(key)[1]);

function opening(head, fill) {
  const into = element('div.entries');
  const made = element('details.open', {}, element('summary', {}, head), into);
  made.addEventListener('toggle', () => { if (made.open && into.childElementCount === 0) fill(into); });
  return made;
}

function addPart(into, entries, start, options) {
  for (const [key, value] of entries.slice(start, start + PART)) into.append(entryElement(key, value, options));
  const rest = entries.length - start - PART;
  if (rest > 0) addMore(into, `${count(rest)} more`, () => addPart(into, entries, start + PART, options));
}

async function addPage(into, table, after, options) {
  try {
    const { entries, size, more } = await options.read(table, after);
    if (size === 0) into.append(element('div.note', {}, 'empty'));
    for (const [key, value] of entries) into.append(entryElement(key, value, options));
    if (more) addMore(into, 'more', () => addPage(into, table, entries[entries.length - 1][0], options));
  } catch (error) {
    into.append(element('div.note', {}, error.message));
  }
}

function addMore(into, text, act) {
  const button = element('button.quiet.more', { type: 'button' }, text);
  button.addEventListener('click', () => { button.remove(); act(); });
  into.append(button);
}

const entryElement = (key, value, options) => element('div.entry', {}, element('span.key', {}, keyText(key)), ' ', valueElement(value, options));
