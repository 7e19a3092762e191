// The output of `make size`: the parts add up to the file, and each part has an owner.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { GROUPS, UNKNOWN } from '../../scripts/size/owners.mjs';
import { takeApart } from '../../scripts/size/parts.mjs';

process.chdir(new URL('../..', import.meta.url).pathname);

for (const module of ['dist/cu.wasm', 'target/cu-faults.wasm']) {
  test(`the parts of ${module} add up to the file`, () => {
    const { parts } = takeApart(module);
    assert.equal(parts.reduce((sum, { bytes }) => sum + bytes, 0), statSync(module).size);
    for (const { group, name, bytes } of parts) {
      assert.ok(group in GROUPS && name && bytes > 0, `${group}, ${name}: ${bytes}`);
    }
  });
}

test('each function and each table is where its source is', () => {
  const { parts, functions } = takeApart('dist/cu.wasm');
  const ownerless = functions.filter(({ name }) => name === UNKNOWN).map((one) => one.function);
  assert.deepEqual(ownerless, []);
  const ownerOf = (wanted) => functions.find((one) => one.function === wanted)?.name;
  assert.equal(ownerOf('luaV_execute'), 'lvm.c');
  assert.equal(ownerOf('cu_become_external'), 'inside.c');
  assert.equal(ownerOf('snprintf'), 'libc/');
  assert.equal(ownerOf('cu_cell_gone'), 'vm/');
  assert.equal(ownerOf('<cu::heap::Heap>::resize'), 'heap/');
  const tables = parts.find(({ group, name }) => group === 'data' && name === 'tables of bytecode/');
  assert.ok(tables.bytes >= 1024, 'the table of opcodes');
});
