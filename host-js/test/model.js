/**
 * What tests hold a memory store against: a map that is sorted for every walk, a driver that calls the store as the module
 * does, and a look at the whole structure.
 */

import assert from 'node:assert/strict';

import { Control } from '../control.js';
import { Imports } from '../imports.js';
import { Memory } from '../memory.js';

const KEY = 1024;
const VALUE = 8192;
const PAGE = 32768;
const MOST = 16384;

/** Tables as maps from latin1 strings to latin1 strings, which sort as their bytes do. */
export class Model {
  constructor() {
    this.tables = new Map();
  }

  rows(id) {
    if (!this.tables.has(id)) this.tables.set(id, new Map());
    return this.tables.get(id);
  }

  keys(id, after, descending) {
    const keys = [...this.rows(id).keys()].sort();
    if (descending) keys.reverse();
    return keys.filter((key) => after === '' || (descending ? key < after : key > after));
  }

  ids() {
    return [...this.tables.keys()].filter((id) => this.rows(id).size > 0).sort((left, right) => left - right);
  }
}

/** A store behind the imports, as the module sees it. */
export class Driver {
  constructor(store) {
    this.store = store;
    this.memory = new Memory();
    this.memory.attach(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
    this.imports = new Imports(this.memory, store, new Control({}));
    this.env = this.imports.object.env;
  }

  put(pointer, text) {
    this.memory.write(pointer, Buffer.from(text, 'latin1'));
    return text.length;
  }

  text(pointer, length) {
    return Buffer.from(this.memory.copy(pointer, length)).toString('latin1');
  }

  set(id, key, value) {
    assert.equal(this.env.js_ext_table_set(id | 0, KEY, this.put(KEY, key), VALUE, this.put(VALUE, value)), 0);
  }

  get(id, key) {
    const length = this.env.js_ext_table_get(id | 0, KEY, this.put(KEY, key), VALUE, MOST);
    assert.ok(length >= -1, `${this.imports.failure}`);
    return length < 0 ? undefined : this.text(VALUE, length);
  }

  delete(id, key) {
    assert.equal(this.env.js_ext_table_delete(id | 0, KEY, this.put(KEY, key)), 0);
  }

  size(id) {
    return this.env.js_ext_table_size(id | 0);
  }

  /** All keys after one, in pages of so many bytes; `most` ends it. */
  keys(id, after, descending, room, most) {
    const keys = [];
    let last = after;
    while (keys.length < most) {
      this.memory.writeU32(PAGE, last.length + (descending ? 0x80000000 : 0));
      this.put(PAGE + 4, last);
      const end = this.env.js_ext_table_keys(id | 0, PAGE, room);
      assert.ok(end >= 0, `${end}: ${this.imports.failure}`);
      if (end === 0) break;
      for (let at = PAGE; at < PAGE + end;) {
        const length = this.memory.readU32(at);
        last = this.text(at + 4, length);
        keys.push(last);
        at += 4 + length;
      }
    }
    return keys;
  }
}

/** The whole structure: every record is where the slots say, and what is waste is counted. */
export function check(store) {
  for (const table of store.tables.values()) {
    let live = 0;
    let waste = 0;
    for (let record = 0; record < table.used; record = table.end(record)) {
      if (table.isDead(record)) {
        waste += table.end(record) - record;
      } else {
        live++;
        assert.equal(table.find(table.heap, table.keyStart(record), table.keyLength(record)), record);
      }
    }
    assert.deepEqual([live, waste, table.slots.used], [table.size, table.waste, table.size]);
    assert.ok(table.used <= table.heap.length);
  }
  const { small } = store;
  let count = 0;
  small.places.each((id) => {
    count++;
    assert.equal(store.tables.has(id | 0), false);
    assert.ok(small.open(id));
    assert.equal(small.segment.words.getUint32(small.start - 8, true), id);
    assert.ok(small.end > small.start && small.end - small.start <= small.room);
  });
  assert.equal(count, small.count);
  small.segments.forEach((segment, number) => assert.ok(small.used[number] <= segment.length));
}
