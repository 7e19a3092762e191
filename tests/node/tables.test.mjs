// Runs the scripts of tests/lua/external over the memory store: each section is a compute, over the same store.
//
//   ---- next              the next compute in the same instance
//   ---- restart           a new instance over the same store
//   ---- error PATTERN     the section fails with a message that the Lua pattern matches

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, encode, encodeKey, MemoryStore } from '../../host-js/index.js';
import { CODES } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FOLDER = new URL('../lua/external/', import.meta.url);

/** The sections of a script: `{ kind, pattern, line, code }`. */
function sections(text) {
  const found = [{ kind: 'next', line: 1, code: '' }];
  for (const [index, line] of text.split('\n').entries()) {
    const head = /^---- (next|restart|error)(?: (.*))?$/.exec(line);
    if (head !== null) found.push({ kind: head[1], pattern: head[2], line: index + 2, code: '' });
    else found.at(-1).code += `${line}\n`;
  }
  return found;
}

for (const file of readdirSync(FOLDER).sort()) {
  test(`external tables: ${file}`, async () => {
    const store = new MemoryStore();
    let cu = await Cu.create({ module, store });
    for (const { kind, pattern, line, code } of sections(readFileSync(new URL(file, FOLDER), 'utf8'))) {
      if (kind === 'restart') cu = await Cu.create({ module, store });
      let message;
      try {
        cu.compute(code);
      } catch (error) {
        message = error.message;
        if (kind !== 'error') assert.fail(`${file}, section at line ${line}: ${message}\n${error.traceback ?? ''}`);
      }
      if (kind === 'error') {
        assert.notEqual(message, undefined, `${file}, section at line ${line} did not fail`);
        const { value } = cu.compute(`return string.find(${JSON.stringify(message)}, ${JSON.stringify(pattern)}) ~= nil`);
        assert.ok(value, `${file}, section at line ${line}: ${message}`);
      }
    }
  });
}

test('a million keys and 200,000 nested rows take no memory of Lua', async () => {
  const cu = await Cu.create({ module });
  const used = () => {
    cu.runGc();
    return cu.memoryStats();
  };
  cu.compute('t, rows = ext.table(), ext.table() _home.t, _home.rows = t, rows');
  const before = used();
  cu.compute('for i = 1, 1000000 do t[i] = i end');
  cu.compute('for i = 1, 200000 do rows[i] = { id = i, name = "n" .. i, score = i / 2, active = true } end');
  assert.equal(cu.compute('local n = 0 for _, v in pairs(t) do n = n + v end return n').value, 500000500000);
  assert.deepEqual(cu.compute('local n = 0 for k, row in pairs(rows) do n = n + row.score end return n, ext.size(rows)').values, [10000050000, 200000]);
  const after = used();
  assert.ok(after.luaMemoryUsed <= before.luaMemoryUsed + 4096, `${before.luaMemoryUsed} bytes before, ${after.luaMemoryUsed} after`);
  assert.equal(after.wasmPages, before.wasmPages);
});

test('a fresh instance frees what an earlier one left behind', async () => {
  const store = new MemoryStore();
  const first = await Cu.create({ module, store });
  first.compute('for i = 1, 100 do _home.row = { i } end');
  const tables = () => [...store.tableIds()].filter((id) => id > 2 && id < 0x80000000).length;
  assert.equal(tables(), 100);
  const second = await Cu.create({ module, store });
  second.runGc();
  assert.equal(tables(), 1);
  assert.equal(second.compute('return _home.row[1]').value, 100);
});

test('each collection looks at every table, also after more ids were reserved', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  const kept = () => [...store.tableIds()].filter((id) => id > 2 && id < 0x80000000).length;
  cu.compute('_home.old = { 1 }');
  cu.runGc();
  assert.equal(kept(), 1);
  // More ids than the first block has.
  cu.compute('_home.many = {} for i = 1, 300 do _home.many[i] = { i } end _home.old = nil');
  cu.runGc();
  assert.equal(kept(), 301);
});

test('functions stored with `strip` are smaller, and their errors name no line', async () => {
  const sizes = [];
  const messages = [];
  for (const strip of [false, true]) {
    const store = new MemoryStore();
    const first = await Cu.create({ module, store, config: { strip } });
    first.compute('local field = {}\n_home.f = function(argument)\n  local other = argument\n  return other.name.first, field\nend');
    store.keys(CODES, undefined, false, (key) => sizes.push(store.get(CODES, key.slice()).length));
    const second = await Cu.create({ module, store });
    messages.push(second.compute('return select(2, pcall(_home.f, {}))').value);
  }
  assert.ok(sizes[1] < sizes[0] * 0.8, `${sizes}`);
  assert.deepEqual(messages, [
    "compute:4: attempt to index a nil value (field 'name')",
    "?:-1: attempt to index a nil value (field 'name')",
  ]);
});

test('an input larger than the arena is an error that says so, and the instance lives on', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  const key = new TextEncoder().encode('\x01input\0');
  store.set(2, key, encode('x'.repeat(3 << 20)));
  assert.throws(() => cu.compute('return #_io.input'), /key 'input' of _io takes 3145733 bytes; not enough memory: the limit is 2097152/);
  store.set(2, key, encode('x'.repeat(900_000)));
  assert.equal(cu.compute('return #_io.input').value, 900_000);
});

// A float under a key kept the bits of the host, unlike one in a table.
test('any NaN of a store is the one NaN, wherever it lies', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  store.set(1, encodeKey('x'), Buffer.from('03ffffffffffffffff', 'hex'));
  const hex = "(string.pack('<d', _home.x):gsub('.', function(c) return ('%02x'):format(c:byte()) end))";
  assert.equal(cu.compute(`return ${hex}`).value, '000000000000f87f');
});
