// The entries that indexes should have, worked out from the rows of a store by another way than the module's.

import { decode, decodeKey } from '../../host-js/codec.js';
import { expand } from '../../host-js/codec/compressed.js';
import { CuFloat, ExternalTable } from '../../host-js/index.js';

const CATALOGUE = 0x8000000b;

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const text = (string) => Buffer.from(string, 'latin1');

/** Every key of a table, encoded. */
export function keysOf(store, table) {
  const keys = [];
  store.keys(table, undefined, false, (key) => keys.push(key) > 0);
  return keys;
}

function valueAt(store, table, key) {
  const bytes = store.get(table, key);
  return bytes === undefined ? undefined : decode(expand(bytes), { exact: true });
}

/** The definitions of a table: the catalogue's row, decoded. */
export function definitionsOf(store, table) {
  const row = valueAt(store, CATALOGUE, encodedId(table));
  const list = (value) => (Array.isArray(value) ? value : [...(value instanceof Map ? value.values() : Object.values(value))]);
  return row === undefined ? [] : Object.entries(row.indexes).map(([name, index]) => ({ ...index, name, paths: list(index.paths) }));
}

function encodedId(id) {
  const bytes = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from([0x14 + bytes.length, ...bytes]);
}

/** A string with zeros escaped, and its end. */
function escaped(bytes) {
  const out = [1];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === 0) out.push(255);
  }
  out.push(0);
  return out;
}

/** The least double that is not above a big integer, and what is left. */
function floorDouble(value) {
  let double = Number(value);
  const view = new DataView(new ArrayBuffer(8));
  while (BigInt(double) > value) {
    view.setFloat64(0, double);
    const bits = view.getBigInt64(0);
    view.setBigInt64(0, double > 0 ? bits - 1n : bits + 1n);
    double = view.getFloat64(0);
  }
  return [double, value - BigInt(double)];
}

function number(value) {
  if (Number.isNaN(value)) return [0x18];
  if (value === Infinity) return [0x17];
  if (value === -Infinity) return [0x11];
  let double = value;
  let rest = 0n;
  if (typeof value === 'bigint') [double, rest] = floorDouble(value);
  if (double === 0) double = 0;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  const exponent = ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
  const bits = view.getBigUint64(0);
  view.setBigUint64(0, double < 0 || Object.is(double, -0) ? ~bits & 0xffffffffffffffffn : bits | 1n << 63n);
  const count = exponent <= 52 ? 0 : Math.ceil((exponent - 52) / 8);
  const remainder = [];
  for (let at = count - 1; at >= 0; at -= 1) remainder.push(Number(rest >> BigInt(8 * at) & 255n));
  return [0x14, ...new Uint8Array(view.buffer), ...remainder];
}

/** The component of a value of the store (`exact`). */
export function component(value) {
  if (value === undefined || value === null) return [0];
  if (typeof value === 'string') return escaped(Buffer.from(value, 'utf8'));
  if (value instanceof Uint8Array) return escaped(value);
  if (typeof value === 'boolean') return [value ? 0x27 : 0x26];
  if (value instanceof CuFloat) return number(value.value);
  if (typeof value === 'number') return number(BigInt(value));
  if (typeof value === 'bigint') return number(value);
  return [0x30];
}

const canBeFound = (bytes) => ![0, 0x30].includes(bytes[0]);

/** The value at the end of a path. */
function follow(store, value, path) {
  for (const name of path === '' ? [] : path.split('.')) {
    if (!(value instanceof ExternalTable)) return undefined;
    const key = /^(0|[1-9]\d*)$/.test(name) ? encodedId(Number(name)) : Uint8Array.from(escaped(text(name)));
    value = valueAt(store, value.id, key);
  }
  return value;
}

const MASK = 0xffffffffffffffffn;
const mixed = (word) => {
  word = ((word ^ word >> 32n) * 0xd6e8feb86659fd93n) & MASK;
  word = ((word ^ word >> 29n) * 0xa0761d6478bd642fn) & MASK;
  return word ^ word >> 32n;
};

function hash(bytes) {
  let lanes = [0x243f6a8885a308d3n, 0x13198a2e03707344n];
  const factors = [0x9e3779b97f4a7c15n, 0xc2b2ae3d27d4eb4fn];
  for (let at = 0; at < bytes.length; at += 8) {
    let word = 0n;
    for (let byte = 7; byte >= 0; byte -= 1) word = word << 8n | BigInt(bytes[at + byte] ?? 0);
    lanes = lanes.map((lane, place) => mixed(lane ^ (word * factors[place]) & MASK));
  }
  return lanes.flatMap((lane) => {
    const end = mixed(lane ^ BigInt(bytes.length));
    return Array.from({ length: 8 }, (_, at) => Number(end >> BigInt(56 - 8 * at) & 255n));
  });
}

/** A number, undefined for what is none. */
const numberOf = (value) => (value instanceof CuFloat ? value.value : ['number', 'bigint'].includes(typeof value) ? value : undefined);

/** What rows are in the partial indexes of tests/lua/indexes.lua, by their names; `at` reads a path. */
const FILTERS = {
  adults: (at) => numberOf(at('age')) > 2,
  named: (at) => at('name') === 'Oslo' || at('address.city') !== undefined,
  tagged: (at) => at('age') !== undefined,
  listed: (at) => {
    for (let number = 1; ; number += 1) {
      const element = at(`tags.${number}`);
      if (element === undefined) return false;
      // eslint-disable-next-line eqeqeq -- a big integer, too
      if (numberOf(element) == 2) return true;
    }
  },
};

/** The keys of the entries that the index should have, as hexadecimal digits, in order. */
export function expectedEntries(store, table, index) {
  const entries = new Set();
  const isHash = index.kind === 'hash';
  const add = (components, key, element = []) => {
    const values = components.flat();
    entries.add(hex([...(isHash ? hash(values) : values), ...key, ...element]));
  };
  for (const key of keysOf(store, table)) {
    const row = valueAt(store, table, key);
    if (index.where !== undefined && !FILTERS[index.name]((path) => follow(store, row, path))) continue;
    const values = index.paths.map((path) => follow(store, row, path));
    if (!index.multi) {
      const components = values.map(component);
      if (!isHash || components.every(canBeFound)) add(components, key);
    } else if (values[0] instanceof ExternalTable) {
      for (const element of keysOf(store, values[0].id)) {
        const bytes = component(valueAt(store, values[0].id, element));
        if (canBeFound(bytes)) add([bytes], key, element);
      }
    } else if (canBeFound(component(values[0]))) {
      add([component(values[0])], key);
      // A string in the place of a list is told apart from an element.
      if (component(values[0])[0] === 1) add([[0x30]], key);
    }
  }
  return [...entries].sort();
}

export const foundEntries = (store, index) => keysOf(store, index.table.id).map(hex).sort();
export const keyText = (bytes) => String(decodeKey(Uint8Array.from(bytes)));
