/**
 * Values and errors over a real port: what arrives is what was sent.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import * as cu from '../index.js';
import { StorageError } from '../store/storage_error.js';
import { WorkerError } from '../worker/index.js';
import { packed, packedError, unpacked, unpackedError, unsendable } from '../worker/message.js';
import { fc, forAll } from './property.js';

const { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction, Way } = cu;

/** What arrives at the other end. */
function sent(value, isOurs = false) {
  const { message, transfer } = packed({ value }, 'value', isOurs);
  return unpacked(structuredClone(message, { transfer }), 'value');
}

const sentError = (error) => {
  const { message } = packed({ error: packedError(error) }, 'error');
  return unpackedError(unpacked(structuredClone(message), 'error'));
};

test('classes, Maps, dates, numbers and keys of any name arrive as they are', () => {
  const table = new ExternalTable(7);
  const value = {
    list: [table, new LuaFunction(2), new LibraryFunction('string.rep'), new Way('_home.x'), new CuFloat(3), new CuBigInteger(2n ** 70n)],
    map: new Map([[new CuFloat(1.5), [table]], [null, new Set([table])]]),
    numbers: [NaN, -0, Infinity, 2n ** 64n],
    date: new Date(5),
    bytes: Uint8Array.of(1, 2, 255),
    // As data, too, these are no marks.
    classes: [['x', 'LuaFunction']],
  };
  Object.defineProperty(value, '__proto__', { value: { id: 1 }, enumerable: true, configurable: true, writable: true });
  const arrived = sent(value);
  assert.deepEqual(arrived, value);
  assert.ok(Object.prototype.hasOwnProperty.call(arrived, '__proto__'));
  assert.ok(arrived.list[0] instanceof ExternalTable);
  assert.equal(arrived.list[0], arrived.map.get([...arrived.map.keys()][0])[0], 'what was one object is one object');
  assert.ok([...arrived.map.get(null)][0] instanceof ExternalTable);
});

test('a value within itself arrives', () => {
  const value = { table: new ExternalTable(1) };
  value.self = [value];
  const arrived = sent(value);
  assert.equal(arrived.self[0], arrived);
  assert.ok(arrived.table instanceof ExternalTable);
});

test('nesting takes no stack', () => {
  let value = new ExternalTable(3);
  for (let depth = 0; depth < 100_000; depth++) value = [value];
  const { message } = packed({ value }, 'value');
  assert.deepEqual(message.classes.map(([, name]) => name), ['ExternalTable']);
});

test('any value arrives', () => {
  const leaf = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withSparseArray: true, withNullPrototype: false }),
    fc.nat().map((id) => new ExternalTable(id)), fc.nat().map((id) => new LuaFunction(id)), fc.double().map((number) => new CuFloat(number)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true })),
  }));
  forAll(300, value, (each) => { assert.deepEqual(sent(each), each); });
});

test('large bytes that are nobody else\'s are handed over, all others are copied', () => {
  const [large, small] = [new Uint8Array(16384).fill(1), new Uint8Array(100)];
  const part = new Uint8Array(40000).subarray(1, 20000);
  const { transfer } = packed({ value: [large, large, small, part] }, 'value', true);
  assert.deepEqual(transfer, [large.buffer]);
  assert.deepEqual(packed({ value: [large] }, 'value').transfer, []);
  assert.deepEqual(sent({ large }, true).large, new Uint8Array(16384).fill(1));
});

test('each class of error arrives with all that it carries', () => {
  const cause = new RangeError('why');
  const errors = [
    new cu.LuaError('m', { traceback: 'stack traceback:\n', errorClass: 'runtime', value: [new ExternalTable(4)], cause }),
    new cu.HostError('m', { cause: new StorageError('s', 'quota', 'full', { cause: new DOMException('no', 'QuotaExceededError') }) }),
    new cu.TrapError('m', { kind: 'stack', cause }), new cu.StateError('m'), new cu.ModuleError('m'), new cu.DecodeError('m', 3),
    new cu.EncodeError('m', 'a.b'), new cu.LimitError('m', 9), new cu.RateError('m', { perSecond: 1, wait: 2 }), new cu.HomeError('m', 'h'),
    new cu.SnapshotError('m', 4), new WorkerError('died', 'm'), new TypeError('m'), new RangeError('m'), new Error('m'), new SyntaxError('m'),
  ];
  for (const error of errors) {
    const arrived = sentError(error);
    assert.equal(Object.getPrototypeOf(arrived), Object.getPrototypeOf(error), error.name);
    assert.deepEqual({ ...arrived, cause: undefined }, { ...error, cause: undefined });
    assert.deepEqual([arrived.name, arrived.message, arrived.stack], [error.name, error.message, error.stack]);
    assert.equal(Object.prototype.toString.call(arrived), '[object Error]');
  }
  assert.ok(sentError(errors[0]).value[0] instanceof ExternalTable);
  const { cause: storage } = sentError(errors[1]);
  assert.deepEqual([storage.constructor, storage.reason, storage.cause.constructor, storage.cause.name], [StorageError, 'quota', DOMException, 'QuotaExceededError']);
});

test('errors of other classes keep their name, and anything may be thrown', () => {
  class Strange extends Error {
    constructor() {
      super('odd');
      this.name = 'Strange';
      this.handler = () => {};
      this.code = 5;
    }
  }
  const arrived = sentError(new Strange());
  assert.deepEqual([arrived.constructor, arrived.name, arrived.message, arrived.code, arrived.handler], [Error, 'Strange', 'odd', 5, undefined]);
  assert.equal(sentError('text'), 'text');
  assert.equal(sentError(undefined), undefined);
  assert.equal(sentError(() => {}).slice(0, 2), '()');
  const circular = new Error('again');
  circular.cause = circular;
  assert.equal(sentError(circular).cause.cause.message, 'again');
});

test('the error about what cannot be sent names the place', () => {
  const cause = new Error('refused');
  const at = (value) => unsendable(value, 'arguments', cause).message;
  assert.equal(at([{ users: [{ run: () => {} }] }]), 'arguments[0].users[0].run: a function cannot be sent to a worker');
  assert.equal(at([new Map([['a', Symbol('s')]])]), 'arguments[0].get(a): a symbol cannot be sent to a worker');
  assert.equal(at([Promise.resolve()]), 'arguments[0]: an object of the class Promise cannot be sent to a worker');
  assert.equal(unsendable([1, new Uint8Array(4)], 'arguments', cause), cause);
});
