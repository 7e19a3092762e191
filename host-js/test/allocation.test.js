/**
 * An access of a table makes no work for the host's garbage collector. Each loop runs in its own process, where nothing else
 * allocates.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { withModule } from './module.js';

const ACCESSES = 2000000;

/** Bytes for one access. What a process allocates besides, such as compiled code, is less. */
const MOST_BYTES = 0.5;

const LOOPS = {
  'integers are read': 's = s + t[i % 1000]',
  'fields are read': 's = s + r.count',
  'what is not there is read': 's = s + (t.none or 1)',
  'integers are set': 't[i % 1000] = i',
  'fields are set': 'r.count = i',
  'strings are set and read': "r.name = 'some text of no great length' s = s + #r.name",
  'large strings are set and read': 'r.name = long s = s + #r.name',
  'keys come and go': 't[i % 7 + 5000] = i t[i % 7 + 5000] = nil',
};

const CODE = `
  import { Cu, MemoryStore } from './index.js';
  class Copying extends MemoryStore {
    set(table, key, value) { super.set(table, key, value.slice()); }
  }
  const cu = await Cu.create({ store: process.argv[2] === 'copying' ? new Copying() : new MemoryStore() });
  cu.compute(\`_home.t, _home.r, long = ext.table(), ext.table(), ('0123456789'):rep(25)
    for i = 0, 1000 do _home.t[i] = i end _home.r.count = 1\`);
  const loop = (count) => 'local t, r, s, long = _home.t, _home.r, 0, long for i = 1, ' + count + ' do ' + process.argv[1] + ' end';
  // So long that the engine has compiled everything.
  for (let round = 0; round < 5; round++) cu.compute(loop(100000));
  gc();
  const before = process.memoryUsage().heapUsed;
  cu.compute(loop(${ACCESSES}));
  console.log(process.memoryUsage().heapUsed - before);
`;

/** Bytes that one turn of a loop adds to the heap, with a heap so large that nothing is collected meanwhile. */
function bytesOf(loop, ...rest) {
  const options = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256', '--input-type=module', '-e', CODE];
  const cwd = fileURLToPath(new URL('../', import.meta.url));
  return Number(execFileSync(process.execPath, [...options, loop, ...rest], { cwd, encoding: 'utf8' })) / ACCESSES;
}

await withModule(() => {
  for (const [name, loop] of Object.entries(LOOPS)) {
    test(`nothing is allocated when ${name}`, () => {
      const bytes = bytesOf(loop);
      assert.ok(bytes < MOST_BYTES, `${bytes} bytes an access`);
    });
  }

  test('the test notices a store that copies each value', () => {
    assert.ok(bytesOf(LOOPS['integers are set'], 'copying') > MOST_BYTES);
  });
});
