/**
 * The golden vectors of abi/vectors, through the codec of this host.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import {
  CuBigInteger, CuFloat, decode, DecodeError, encode, ExternalTable, LibraryFunction, LuaFunction, Way,
} from '../index.js';
import { RECORDING_HEAD_BYTES } from '../abi.js';
import { encodeCall } from '../codec.js';
import { RecordingError } from '../replay/errors.js';
import { EntryReader } from '../replay/reader.js';
import { EntryWriter } from '../replay/writer.js';

const vectors = new URL('../../abi/vectors/', import.meta.url);

function read(name) {
  return JSON.parse(readFileSync(new URL(name, vectors), 'utf8'));
}

function fromHex(hex) {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function toHex(bytes) {
  return Buffer.from(bytes).toString('hex');
}

/** The JavaScript value, exact mode, of the tagged form in a vector. */
function fromTagged([kind, content]) {
  switch (kind) {
    case 'nil': return null;
    case 'boolean': return content;
    case 'integer': return Number.isSafeInteger(Number(content)) ? Number(content) : BigInt(content);
    case 'float': return new CuFloat(Buffer.from(content, 'hex').readDoubleBE(0));
    case 'string': return fromHex(content);
    case 'function': return new LuaFunction(content);
    case 'library': return new LibraryFunction(content);
    case 'external': return new ExternalTable(content);
    case 'table': return new Map(content.map(([key, value]) => [fromTagged(key), fromTagged(value)]));
    case 'biginteger': return new CuBigInteger(BigInt(content));
    case 'nested': return content === 1 ? [] : [fromTagged([kind, content - 1])];
    default: throw new Error(`unknown form ${kind}`);
  }
}

/** A text that is equal for equal values, whatever classes hold strings and tables. */
function canonical(value) {
  if (typeof value === 'string') return `string ${toHex(Buffer.from(value))}`;
  if (value instanceof Uint8Array) return `string ${toHex(value)}`;
  if (value === null || typeof value !== 'object') return `${typeof value} ${value}`;
  if (value instanceof CuFloat) return `float ${toHex(encode(value))}`;
  if (value instanceof CuBigInteger) return `big ${value.value}`;
  if (value instanceof LuaFunction) return `function ${value.id}`;
  if (value instanceof LibraryFunction) return `library ${value.name}`;
  if (value instanceof ExternalTable) return `external ${value.id}`;
  let pairs;
  if (Array.isArray(value)) pairs = value.map((each, index) => [index + 1, each]);
  else pairs = value instanceof Map ? [...value] : Object.entries(value);
  return `{${pairs.map((pair) => pair.map(canonical).join('=')).sort().join(', ')}}`;
}

for (const { name, bytes, value, accepts = [] } of read('values.json')) {
  test(`value: ${name}`, () => {
    const expected = fromTagged(value);
    assert.equal(toHex(encode(expected)), bytes, 'encode');
    for (const form of [bytes, ...accepts]) {
      const decoded = decode(fromHex(form), { exact: true });
      assert.equal(canonical(decoded), canonical(expected), `decode ${form}`);
      decode(fromHex(form));
    }
  });
}

for (const { name, bytes, at } of read('malformed.json')) {
  test(`malformed: ${name}`, () => {
    assert.throws(() => decode(fromHex(bytes)), (error) => {
      assert.ok(error instanceof DecodeError, String(error));
      assert.equal(error.offset, at, error.message);
      return true;
    });
  });
}

test('golden calls are encoded', () => {
  const { accepted } = read('calls.json');
  assert.ok(accepted.length > 5);
  for (const { name, way, content, arguments: args, bytes } of accepted) {
    const values = args.map(([form, each]) => (form === 'way' ? new Way(each) : fromTagged(each)));
    assert.equal(toHex(encodeCall(way, values, content)), bytes, name);
  }
});

test('recordings are read and written as they are, or refused at their byte', () => {
  const recordings = read('recordings.json');
  const hexed = (fields) => fields.map((field) => (field instanceof Uint8Array ? toHex(field) : field));
  for (const { name, entries, bytes } of recordings.accepted) {
    const reader = new EntryReader(fromHex(bytes));
    const parts = [];
    const writer = new EntryWriter((part) => parts.push(part));
    const found = [];
    for (let at = reader.at, entry = reader.next(); entry !== undefined; at = reader.at, entry = reader.next()) {
      found.push(hexed(fieldsOf(entry)));
      writer.begin(reader.bytes[at + RECORDING_HEAD_BYTES]);
      writer.block(reader.bytes, at + RECORDING_HEAD_BYTES + 1, reader.at - at - RECORDING_HEAD_BYTES - 1);
      writer.end();
    }
    writer.flush();
    assert.deepEqual(found, entries, name);
    assert.equal(toHex(Buffer.concat(parts)), bytes, name);
  }
  for (const { name, bytes, reason, entry, at } of recordings.refused) {
    assert.throws(() => {
      const reader = new EntryReader(fromHex(bytes));
      while (reader.next() !== undefined);
    }, (error) => {
      assert.deepEqual([error.reason, error.entry, error.offset], [reason, entry, at], `${name}: ${error.message}`);
      return error instanceof RecordingError;
    });
  }
});

const IMPORT_WORDS = ['set', 'get', 'delete', 'size', 'keys'];

function fieldsOf(entry) {
  switch (entry.kind) {
    case 0: return ['module', entry.hash, entry.name];
    case 1: return ['call', entry.name, entry.args.map((word) => word >>> 0), entry.code];
    case 2: return ['return', entry.answer, entry.left];
    case 3: return ['trap', entry.words];
    case 4: return ['import', IMPORT_WORDS[entry.place], entry.table, entry.room, entry.answer, entry.key, entry.value, entry.wrote];
    case 5: return ['undone'];
    default: return ['end'];
  }
}
