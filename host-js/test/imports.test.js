/**
 * The five imports: answers by the contract, hostile pointers, stores that throw.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { IMPORTS } from '../abi.js';
import { Control } from '../control.js';
import { decode, encode, MemoryStore } from '../index.js';
import { Imports } from '../imports.js';
import { Memory } from '../memory.js';

const PAGE_BYTES = 65536;
const KEY = 100;
const VALUE = 1000;

function setUp({ store = new MemoryStore(), ...options } = {}) {
  const memory = new Memory();
  memory.attach(new WebAssembly.Memory({ initial: 1, maximum: 2 }));
  const imports = new Imports(memory, store, new Control(options));
  const { env } = imports.object;
  const put = (pointer, text) => {
    memory.write(pointer, Buffer.from(text));
    return text.length;
  };
  const text = (pointer, length) => Buffer.from(memory.copy(pointer, length)).toString();
  return { memory, imports, env, put, text, store };
}

/** The same store without `lend`: it may keep the arrays that it gets. */
class KeepingStore {
  constructor() {
    this.rows = new Map();
  }

  get(table, key) {
    const found = [...this.rows.values()].find((row) => row.table === table && !Buffer.compare(row.key, key));
    return found && found.value;
  }

  set(table, key, value) {
    this.rows.set(`${table} ${Buffer.from(key).toString('hex')}`, { table, key, value });
  }

  delete(table, key) {
    this.rows.delete(`${table} ${Buffer.from(key).toString('hex')}`);
  }

  size(table) {
    return [...this.rows.values()].filter((row) => row.table === table).length;
  }

  keys(table, after, descending, emit) {
    const keys = [...this.rows.values()].filter((row) => row.table === table).map((row) => row.key);
    keys.sort(Buffer.compare);
    if (descending) keys.reverse();
    for (const key of keys) {
      const order = after === undefined ? 1 : Buffer.compare(key, after) * (descending ? -1 : 1);
      if (order > 0 && !emit(key)) return;
    }
  }
}

test('the import object has the five functions of the contract', () => {
  const { env } = setUp();
  assert.deepEqual(Object.keys(env).sort(), Object.keys(IMPORTS).sort());
  for (const name of Object.keys(IMPORTS)) assert.equal(env[name].length, IMPORTS[name]);
});

for (const Store of [MemoryStore, KeepingStore]) {
  test(`${Store.name}: set, get, delete and size answer as the contract says`, () => {
    const { env, put, text } = setUp({ store: new Store() });
    assert.equal(env.js_ext_table_size(-1), 0);
    const key = put(KEY, 'k\xff');
    assert.equal(env.js_ext_table_get(-1, KEY, key, VALUE, 10), -1);
    assert.equal(env.js_ext_table_set(-1, KEY, key, VALUE, put(VALUE, 'hello')), 0);
    assert.equal(env.js_ext_table_set(-1, KEY, 1, VALUE, put(VALUE, '')), 0);
    assert.equal(env.js_ext_table_size(-1), 2);
    assert.equal(env.js_ext_table_size(1), 0);
    put(VALUE, '-----');
    assert.equal(env.js_ext_table_get(-1, KEY, key, VALUE, 4), 5);
    assert.equal(text(VALUE, 5), '-----');
    assert.equal(env.js_ext_table_get(-1, KEY, key, VALUE, 5), 5);
    assert.equal(text(VALUE, 5), 'hello');
    assert.equal(env.js_ext_table_get(-1, KEY, 1, VALUE, 0), 0);
    assert.equal(env.js_ext_table_delete(-1, KEY, key), 0);
    assert.equal(env.js_ext_table_delete(-1, KEY, key), 0);
    assert.equal(env.js_ext_table_get(-1, KEY, key, VALUE, 5), -1);
  });

  test(`${Store.name}: keys come page by page in both directions`, () => {
    const { memory, env, put } = setUp({ store: new Store() });
    const names = Array.from({ length: 30 }, (_, index) => 'x'.repeat(index * 5) + 'y');
    for (const name of names) env.js_ext_table_set(5, KEY, put(KEY, name), VALUE, 1);
    for (const descending of [false, true]) {
      const seen = [];
      let last = '';
      for (;;) {
        memory.writeU32(VALUE, last.length + (descending ? 2 ** 31 : 0));
        put(VALUE + 4, last);
        const written = env.js_ext_table_keys(5, VALUE, 200);
        assert.ok(written >= 0 && written <= 200, String(written));
        if (written === 0) break;
        for (let at = VALUE; at < VALUE + written;) {
          const length = memory.readU32(at);
          last = Buffer.from(memory.copy(at + 4, length)).toString();
          seen.push(last);
          at += 4 + length;
        }
      }
      const expected = [...names].sort();
      assert.deepEqual(seen, descending ? expected.reverse() : expected);
    }
  });
}

test('the keys of table 0 are the ids of tables that have keys', () => {
  const store = new MemoryStore();
  const { memory, env } = setUp({ store });
  const ids = [1, 2, ...Array.from({ length: 300 }, (_, index) => 5 + index * 3), 0x80000000, 0xff000000, 0xffffffff];
  for (const id of [0, ...ids]) store.set(id, Uint8Array.of(1), Uint8Array.of(1));
  /** A page after an id, as the module asks for it. */
  const page = (last, descending, room) => {
    memory.writeU32(VALUE, (last === undefined ? 0 : 4) + (descending ? 2 ** 31 : 0));
    new DataView(memory.bytes.buffer).setUint32(VALUE + 4, last);
    const written = env.js_ext_table_keys(0, VALUE, room);
    assert.equal(written % 8, 0);
    const found = [];
    for (let at = VALUE; at < VALUE + written; at += 8) {
      assert.equal(memory.readU32(at), 4);
      found.push(new DataView(memory.bytes.buffer).getUint32(at + 4));
    }
    return found;
  };
  for (const descending of [false, true]) {
    const seen = [];
    for (let found = page(undefined, descending, 512); found.length > 0; found = page(seen.at(-1), descending, 519)) {
      assert.ok(found.length <= 64);
      seen.push(...found);
    }
    assert.deepEqual(seen, descending ? [...ids].reverse() : ids);
  }
  // The last one need not exist any more.
  assert.deepEqual(page(3, false, 512).slice(0, 2), [5, 8]);
  assert.deepEqual(page(4, true, 512), [2, 1]);
});

test('a store that cannot say its tables writes no page of them, and one that fails is the failure', () => {
  const request = ({ memory, env }, length) => {
    memory.writeU32(VALUE, length);
    return env.js_ext_table_keys(0, VALUE, 512);
  };
  assert.equal(request(setUp({ store: new KeepingStore() }), 0), 0);
  const problem = new Error('disk on fire');
  const failing = setUp({ store: { nextTable: () => { throw problem; } } });
  assert.ok(request(failing, 0) < -1);
  assert.deepEqual([failing.imports.failure, failing.imports.handlerFailure], [problem, undefined]);
  const wrong = setUp();
  assert.ok(request(wrong, 3) < -1);
  assert.match(wrong.imports.failure.message, /the id of a table has 4 bytes, not 3/);
});

const { answers } = JSON.parse(readFileSync(new URL('../../abi/vectors/pages.json', import.meta.url), 'utf8'));

for (const Store of [MemoryStore, KeepingStore]) {
  test(`${Store.name}: pages are those of abi/vectors`, () => {
    for (const { name, keys, request, room, answer } of answers) {
      const { memory, env } = setUp({ store: new Store() });
      const put = (pointer, hex) => memory.write(pointer, Buffer.from(hex, 'hex'));
      for (const key of keys) {
        put(KEY, key);
        env.js_ext_table_set(5, KEY, key.length / 2, VALUE, 1);
      }
      put(VALUE, request);
      const written = env.js_ext_table_keys(5, VALUE, room);
      if (answer === null) assert.ok(written < -1, name);
      else assert.equal(Buffer.from(memory.copy(VALUE, written)).toString('hex'), answer, name);
    }
  });
}

test('a page that cannot hold the next key is a failure, not the end', () => {
  const { memory, env, put, imports } = setUp();
  env.js_ext_table_set(5, KEY, put(KEY, 'a long key'), VALUE, 1);
  memory.writeU32(VALUE, 0);
  assert.ok(env.js_ext_table_keys(5, VALUE, 12) < -1);
  assert.equal(imports.failure, undefined, 'the module asks again with a larger page');
});

test('pointers and lengths outside memory answer less than -1 and change nothing', () => {
  const { env, store, memory, imports } = setUp();
  const bad = [
    [PAGE_BYTES, 1], [PAGE_BYTES + 1, 0], [PAGE_BYTES - 3, 4], [-1, 1], [-1, -1], [1, -1], [0, PAGE_BYTES + 1],
    [0x7fffffff, 0x7fffffff], [-0x80000000, 1],
  ];
  for (const [pointer, length] of bad) {
    const message = `${pointer} ${length}`;
    imports.failure = undefined;
    assert.ok(env.js_ext_table_set(1, pointer, length, 0, 1) < -1, message);
    assert.ok(env.js_ext_table_set(1, 0, 1, pointer, length) < -1, message);
    assert.ok(env.js_ext_table_get(1, pointer, length, 0, 1) < -1, message);
    assert.ok(env.js_ext_table_get(1, 0, 1, pointer, length) < -1, message);
    assert.ok(env.js_ext_table_delete(1, pointer, length) < -1, message);
    assert.ok(env.js_ext_table_keys(1, pointer, length) < -1, message);
    assert.ok(imports.failure instanceof RangeError);
  }
  memory.writeU32(0, 97);
  assert.ok(env.js_ext_table_keys(1, 0, 100) < -1, 'a last key longer than its page');
  assert.ok(env.js_ext_table_keys(1, 0, 3) < -1, 'a page too short for its request');
  assert.equal(store.size(1), 0);
  assert.equal(env.js_ext_table_get(1, PAGE_BYTES, 0, PAGE_BYTES, 0), -1, 'nothing at the very end is inside');
});

test('when a store throws, the import returns a failure, and the error is kept', () => {
  const problem = new Error('disk on fire');
  const fail = () => { throw problem; };
  const { env, imports } = setUp({ store: { get: fail, set: fail, delete: fail, size: fail, keys: fail } });
  for (const call of [
    () => env.js_ext_table_set(1, 0, 1, 0, 1), () => env.js_ext_table_get(1, 0, 1, 0, 1),
    () => env.js_ext_table_delete(1, 0, 1), () => env.js_ext_table_size(1), () => env.js_ext_table_keys(1, 0, 100),
  ]) {
    imports.failure = undefined;
    assert.ok(call() < -1);
    assert.equal(imports.failure, problem);
  }
});

test('table 0 answers configuration and time, and never reaches the store', () => {
  const { env, put, memory, store } = setUp({ config: { output: 100, events: ['output'] }, now: () => 1500 });
  const get = (name) => {
    const length = env.js_ext_table_get(0, KEY, put(KEY, name), VALUE, 1000);
    return length < 0 ? length : decode(memory.copy(VALUE, length), { exact: true });
  };
  // Without a handler the output is dropped.
  assert.deepEqual(get('config'), { output: 100, events: { error: true } });
  assert.equal(get('now').value, 1500);
  assert.equal(get('anything'), -1);
  assert.equal(env.js_ext_table_set(0, KEY, put(KEY, 'other'), VALUE, 1), 0);
  assert.equal(env.js_ext_table_size(0), 0);
  memory.writeU32(VALUE, 0);
  assert.equal(env.js_ext_table_keys(0, VALUE, 100), 0);
  assert.equal(store.size(0), 0);
});

test('without `now` there is no time', () => {
  const { env, put } = setUp();
  assert.equal(env.js_ext_table_get(0, KEY, put(KEY, 'now'), VALUE, 100), -1);
});

test('the events that are asked for reach the handler as values', () => {
  const events = [];
  const onEvent = (event) => events.push(event);
  const { env, put, memory, imports } = setUp({ config: { events: { output: true } }, onEvent });
  for (const event of [{ kind: 'output', text: 'hi' }, { kind: 'error', class: 'runtime', message: 'm', value: 7 }]) {
    const bytes = encode(event);
    memory.write(VALUE, bytes);
    assert.equal(env.js_ext_table_set(0, KEY, put(KEY, 'event'), VALUE, bytes.length), 0);
  }
  assert.deepEqual(events, [{ kind: 'output', text: 'hi' }]);
  assert.equal(imports.control.lastError.value, 7);
});

test('a memory that grew is seen as it is now', () => {
  const { env, memory, put } = setUp();
  memory.memory.grow(1);
  assert.equal(env.js_ext_table_set(1, PAGE_BYTES, put(PAGE_BYTES, 'key'), PAGE_BYTES + 10, 5), 0);
  assert.equal(env.js_ext_table_get(1, PAGE_BYTES, 3, PAGE_BYTES + 100, 5), 5);
});

test('when `now` throws, the import returns a failure, and the error counts as one of a handler', () => {
  const { env, put, imports } = setUp({ now: () => { throw new Error('no clock'); } });
  assert.ok(env.js_ext_table_get(0, KEY, put(KEY, 'now'), VALUE, 100) < -1);
  assert.equal(imports.handlerFailure.message, 'no clock');
  assert.equal(imports.failure, undefined);
});
