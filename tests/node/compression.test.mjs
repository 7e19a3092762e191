// Compressed strings in the store: they have tag 0x08, are shorter, and occur only from the configured size on.

import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { test } from 'node:test';
import { TAG_COMPRESSED, TAG_STRING } from '../../host-js/abi.js';
import { CELLS, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const key = (name) => `\x01${name}\x00`;

function stored(code, config = null) {
  const store = new NaiveStore(module);
  store.configure(config);
  assert.equal(store.run(code).error, undefined);
  return store;
}

const look = (store, table, name) => Buffer.from(store.tables.get(table).get(name), 'latin1');

test('a long string is stored as raw deflate of its encoding', () => {
  const store = stored('_home.x = ("text "):rep(500) local c = ("captured "):rep(300) _home.f = function() return c end');
  const value = look(store, 1, key('x'));
  assert.equal(value[0], TAG_COMPRESSED);
  assert.equal(value.readUInt32LE(1), 5 + 2500);
  assert.equal(value.readUInt32LE(5), value.length - 9);
  assert.ok(value.length < 100, `${value.length} bytes`);
  const original = inflateRawSync(value.subarray(9));
  assert.equal(original[0], TAG_STRING);
  assert.equal(original.subarray(5).toString(), 'text '.repeat(500));
  const cells = [...store.tables.get(CELLS).values()].map((cell) => Buffer.from(cell, 'latin1'));
  assert.deepEqual(cells.map((cell) => cell[0]), [TAG_COMPRESSED]);
});

test('the threshold decides, 0 is never, and nothing grows', () => {
  const tag = (code, config) => look(stored(code, config), 1, key('x'))[0];
  assert.equal(tag('_home.x = ("a"):rep(1018)'), TAG_STRING);
  assert.equal(tag('_home.x = ("a"):rep(1019)'), TAG_COMPRESSED);
  assert.equal(tag('_home.x = ("a"):rep(100)', { compression: 100 }), TAG_COMPRESSED);
  assert.equal(tag('_home.x = ("a"):rep(100000)', { compression: 0 }), TAG_STRING);
  assert.equal(tag('_home.x = ("a"):rep(100000)', { compression: 200000 }), TAG_STRING);
  const noise = 'local t = {} for i = 1, 2000 do t[i] = string.char(math.random(0, 255)) end _home.x = table.concat(t)';
  assert.equal(tag(noise), TAG_STRING);
  assert.match(refused({ compression: -1 }), /config.compression is -1/);
  assert.match(refused({ compression: 'much' }), /config.compression is a string/);
});

function refused(config) {
  const store = new NaiveStore(module);
  store.configure(config);
  return store.run('return 1').error;
}

test('a damaged compressed value names table, key and byte', () => {
  const store = stored('_home.x = ("text "):rep(500)');
  const whole = store.tables.get(1).get(key('x'));
  for (let at = 0; at < whole.length; at += 1) {
    for (const forged of [whole.slice(0, at), `${whole.slice(0, at)}\x00${whole.slice(at + 1)}`, `${whole.slice(0, at)}\xff${whole.slice(at + 1)}`]) {
      if (forged === whole) continue;
      store.tables.get(1).set(key('x'), forged);
      const { error, values } = store.run('return #_home.x');
      if (error === undefined) assert.equal(values[0], 2500);
      else assert.match(error, /the value under key 'x' of _home is damaged: byte \d+ cannot be right/, `byte ${at}`);
    }
  }
});
