/**
 * A FileStore on a full disk, and after single failures of it.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';

import { Cu, HostError, encode, encodeKey } from '../index.js';
import { FileStore, FileStoreError } from '../node.js';
import { failing, limited, onBrokenDisk, whole } from './broken_disk.js';
import { content, contentOf, durable, inFolder } from './folder.js';
import { withModule } from './module.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const value = (length, content) => new Uint8Array(length).fill(content);
const NODE_ENTRY = new URL('../node.js', import.meta.url).href;

test('on a full disk reading and deleting go on, and setting when there is room again', () => onBrokenDisk((path) => {
  const disk = limited(dirname(path), 2e6);
  const store = FileStore.open(path);
  assert.ok(statSync(`${path}.spare`).size >= 0x40000);
  const set = (number) => {
    store.begin();
    try {
      store.set(1, bytes(number), value(20000, number));
      store.flush();
    } finally {
      store.commit();
    }
  };
  let count = 0;
  const isFull = (error) => error instanceof FileStoreError && /no room on the disk|ENOSPC/.test(error.message);
  assert.throws(() => { for (; count < 200; count++) set(count); }, isFull);
  assert.ok(count > 50, `${count} values`);
  assert.equal(durable(path), content(store));
  for (let again = 0; again < 20; again++) assert.throws(() => set(199), isFull);
  // What only reads.
  store.begin();
  assert.equal(store.get(1, bytes(7)).length, 20000);
  store.commit();
  store.computeEnded();
  // Deletions make room once they are compacted.
  for (let number = 0; number < count - 3; number++) {
    store.begin();
    store.delete(1, bytes(number));
    store.commit();
    if (number % 10 === 0) assert.equal(durable(path), content(store));
  }
  assert.equal(store.size(1), 3);
  store.compact();
  set(100);
  assert.equal(statSync(`${path}.spare`).size, 0x40000);
  assert.ok(disk.capacity === 2e6);
  store.close();
  assert.equal(contentOf(path), content(store));
}));

test('what was taken while there was room is written when there is none', () => onBrokenDisk((path) => {
  const disk = limited(dirname(path), 1e9);
  const store = FileStore.open(path);
  store.begin();
  for (let number = 0; number < 100; number++) store.set(1, bytes(number), value(1000, number));
  // Another program fills the disk.
  disk.fill();
  store.commit();
  assert.equal(durable(path), content(store));
  assert.equal(store.size(1), 100);
  assert.throws(() => store.set(1, bytes(1), bytes(1)), /no room on the disk: only deleting is possible/);
  // More deletions than one record has room for.
  for (let number = 0; number < 100; number++) store.delete(1, bytes(number));
  store.flush();
  assert.equal(durable(path), content(store));
  disk.capacity = 1e9;
  store.set(1, bytes(1), bytes(1));
  store.close();
  assert.equal(contentOf(path), content(store));
}));

test('a failed compaction leaves the old log, no new file, and is tried again much later', () => onBrokenDisk((path) => {
  const store = FileStore.open(path);
  for (let number = 0; number < 100; number++) store.set(1, bytes(number), value(60000, number));
  store.flush();
  let renames = 0;
  failing((number, name) => {
    renames += name === 'renameSync' ? 1 : 0;
    return name === 'renameSync' ? 'ENOSPC' : undefined;
  });
  const grow = (bytesOfLog) => {
    for (let grown = 0; grown < bytesOfLog; grown += 60000) {
      store.begin();
      store.set(1, bytes(1), value(60000, 1));
      store.commit();
      store.computeEnded();
    }
  };
  grow(12e6);
  const tries = renames;
  assert.ok(tries >= 2 && tries <= 6, `${tries} compactions`);
  assert.throws(() => store.compact(), (error) => error instanceof FileStoreError && error.cause.code === 'ENOSPC');
  whole();
  assert.ok(!existsSync(`${path}.new`));
  assert.equal(durable(path), content(store));
  const size = statSync(path).size;
  grow(10e6);
  assert.ok(statSync(path).size < size);
  store.close();
  assert.equal(contentOf(path), content(store));
}));

test('when the log cannot be cut back either, the store can be read only', () => inFolder((path) => {
  if (!existsSync('/dev/full')) return;
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(1));
  store.flush();
  const before = content(store);
  closeSync(store.log.file.descriptor);
  store.log.file.descriptor = openSync('/dev/full', 'r+');
  store.begin();
  store.set(1, bytes(2), bytes(2));
  const full = (error) => error instanceof FileStoreError && error.cause.code === 'ENOSPC';
  assert.throws(() => store.commit(), full);
  assert.throws(() => store.set(1, bytes(3), bytes(3)), full);
  assert.equal(content(store), before);
  store.close();
  assert.equal(contentOf(path), before);
}));

test('a limit of the size of files refuses a unit, and the store goes on', () => inFolder((path) => {
  const source = `
    import { FileStore } from '${NODE_ENTRY}';
    const store = FileStore.open(process.argv[1]);
    const unit = (...changes) => {
      store.begin();
      for (const [key, length] of changes) store.set(1, Uint8Array.of(key), new Uint8Array(length));
      store.commit();
    };
    unit([1, 1000]);
    let error;
    try { unit([2, 10], [3, 100000]); } catch (caught) { error = caught; }
    unit([4, 1000]);
    store.close();
    console.log(error.name, error.cause.code, store.size(1));
  `;
  // In units of 512 or 1,024 bytes.
  const limit = `ulimit -f 64 && exec "$0" --input-type=module -e "$1" "$2"`;
  const child = spawnSync('sh', ['-c', limit, process.execPath, source, path], { encoding: 'utf8' });
  assert.equal(child.stdout, 'FileStoreError EFBIG 2\n', child.stderr);
  const store = FileStore.open(path);
  assert.deepEqual([store.size(1), store.get(1, bytes(2))], [2, undefined]);
  store.close();
}));

await withModule((module) => {
  test('a script on a full disk gets an error that it can catch, and one that reads or deletes gets none', () => (
    onBrokenDisk(async (path) => {
      const disk = limited(dirname(path), 1e9);
      const store = FileStore.open(path);
      // A compaction needs more room than the spare has.
      store.set(1, encodeKey('long'), encode('y'.repeat(1e6)));
      const cu = await Cu.create({ module, store });
      cu.compute('_home.big = ("x"):rep(300, "y") _home.list = {1, 2, 3} _home.n = 1');
      disk.fill();
      const refused = (error) => error instanceof HostError && error.cause instanceof FileStoreError;
      let last = 2;
      // The last block of the log and the spare take some more.
      assert.throws(() => { for (; last < 1000; last++) cu.compute(`_home.n = ${last + 1}`); }, refused);
      assert.ok(last < 200, `${last} computes`);
      assert.throws(() => cu.compute('_home.n = 0', { atomic: true }), refused);
      assert.equal(cu.compute('return pcall(function() _home.n = 0 end)').value, false);
      assert.equal(cu.compute('return _home.n').value, last);
      // With arguments, too.
      store.set(2, encodeKey('input'), encode('n'));
      assert.equal(cu.compute('return _home[_io.input]').value, last);
      cu.compute('_home.big = nil _home.list = nil');
      cu.compute('_home.gone = nil', { atomic: true });
      cu.runGc();
      assert.equal(cu.compute('return _home.big').value, null);
      disk.capacity = 1e9;
      cu.compute('_home.n = 0 _home.long = nil');
      store.close();
      copyFileSync(path, `${path}.2`);
      const back = await Cu.create({ module, store: FileStore.open(`${path}.2`) });
      assert.deepEqual(back.readHome(), { n: 0 });
      back.store.close();
    })
  ));

  test('an atomic compute that is refused in its middle is undone on a full disk', () => onBrokenDisk(async (path) => {
    const disk = limited(dirname(path), 1e9);
    const store = FileStore.open(path);
    store.set(1, encodeKey('long'), encode('y'.repeat(1e6)));
    const cu = await Cu.create({ module, store, config: { atomic: true } });
    cu.compute('_home.list = {} for i = 1, 100 do _home.list[i] = i end');
    const before = cu.readHome();
    disk.fill();
    for (let again = 0; again < 3; again++) {
      assert.throws(() => cu.compute(`
        for i = 1, 100 do _home.list[i] = -i end
        for i = 1, 20000 do _home.list[i] = 'more than the room of a batch' end
      `), (error) => error instanceof HostError && error.cause instanceof FileStoreError);
      assert.deepEqual(cu.readHome(), before);
      assert.equal(cu.compute('return _home.list[100]').value, 100);
    }
    store.close();
    whole();
    const back = FileStore.open(path);
    assert.equal(content(back), content(store));
    back.close();
  }));
});
