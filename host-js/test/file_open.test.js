/**
 * Who may open the file of a store: other processes, other names of the file, readers.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';

import { Cu } from '../index.js';
import { FileStore, FileStoreError } from '../node.js';
import { failing, whole } from './broken_disk.js';
import { content, inFolder } from './folder.js';
import { withModule } from './module.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const NODE_ENTRY = new URL('../node.js', import.meta.url).href;
const refused = (pattern) => (error) => error instanceof FileStoreError && pattern.test(error.message);

// ---- what is no path, no option, no folder ----

// With `readonly` the file was opened for writing, and made when it was not there.
test('a misspelled option, and what is no path, is refused before a file is made', () => inFolder((path) => {
  assert.throws(() => FileStore.open(path, { readonly: true }), new TypeError(
    'no option of a FileStore is called readonly; there are flushAfterCompute, wait, readOnly, repair, endedThreads'));
  assert.throws(() => FileStore.open(path, null), /the options of a FileStore are an object, and not null/);
  assert.ok(!existsSync(path));
  for (const other of [undefined, '', 7, new URL('file:///nowhere')]) assert.throws(() => FileStore.open(other), /the path of a store is a string/);
}));

test('a folder that is not there is named', () => inFolder((path) => {
  assert.throws(() => FileStore.open(join(path, 'none', 'tables')), refused(new RegExp(`the folder .*${join('', 'none')} is not there`)));
}));

// ---- other names ----

test('a file with a second name (hard link) is refused, except for reading', () => inFolder((path) => {
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(1));
  store.close();
  linkSync(path, `${path}.other`);
  for (const name of [path, `${path}.other`]) {
    assert.throws(() => FileStore.open(name), refused(/the file has 2 names \(hard links\)/));
    assert.ok(!existsSync(`${name}.lock`));
    const reader = FileStore.open(name, { readOnly: true });
    assert.equal(reader.size(1), 1);
    reader.close();
  }
}));

test('a second opening through a symbolic link or another path is refused', () => inFolder((path) => {
  const folder = dirname(path);
  mkdirSync(join(folder, 'below'));
  symlinkSync(folder, join(folder, 'below', 'up'));
  symlinkSync(path, join(folder, 'link'));
  // Through the links before there is a file, and after.
  const names = [join(folder, 'link'), join(folder, 'below', 'up', 'tables'), join(folder, 'below', '..', 'tables')];
  for (const first of [...names, path]) {
    const store = FileStore.open(first);
    for (const name of [...names, path]) {
      assert.throws(() => FileStore.open(name), refused(/is writing it/), `${first}, then ${name}`);
    }
    store.set(1, bytes(1), bytes(1));
    store.compact();
    store.close();
  }
  assert.equal(readFileSync(join(folder, 'link')).length, statSync(path).size);
  assert.deepEqual(readdirSync(folder).sort(), ['below', 'link', 'tables', 'tables.spare']);
}));

// ---- waiting ----

/** Another process that has the store for some milliseconds after it said so. */
function holder(path, milliseconds) {
  const source = `
    import { FileStore } from '${NODE_ENTRY}';
    const store = FileStore.open(process.argv[1]);
    process.stdout.write('open');
    setTimeout(() => {
      store.set(1, Uint8Array.of(1), Uint8Array.of(42));
      store.close();
    }, ${milliseconds});
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, path]);
  return new Promise((resolve, reject) => {
    child.stdout.on('data', () => resolve(child));
    child.on('error', reject);
  });
}
const ended = (child) => new Promise((resolve) => { child.on('close', resolve); });

test('an opening waits for the process that has the file', () => inFolder(async (path) => {
  const child = await holder(path, 300);
  const end = ended(child);
  assert.throws(() => FileStore.open(path), refused(new RegExp(`process ${child.pid} is writing it`)));
  assert.throws(() => FileStore.open(path, { wait: 20 }), refused(/is writing it/));
  const store = FileStore.open(path, { wait: 60_000 });
  assert.deepEqual(store.get(1, bytes(1)), bytes(42));
  store.close();
  await end;
}));

test('no one waits for itself', () => inFolder((path) => {
  const store = FileStore.open(path);
  const before = performance.now();
  assert.throws(() => FileStore.open(path, { wait: 600_000 }), refused(new RegExp(`process ${process.pid} is writing it`)));
  assert.ok(performance.now() - before < 300_000);
  store.close();
  FileStore.open(path, { wait: 600_000 }).close();
}));

test('the lock of a killed process is not waited for', () => inFolder(async (path) => {
  const child = await holder(path, 600_000);
  const end = ended(child);
  child.kill('SIGKILL');
  await end;
  assert.ok(existsSync(`${path}.lock`));
  FileStore.open(path).close();
}));

// ---- reading only ----

function written(path) {
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(10));
  store.flush();
  store.set(1, bytes(2), bytes(20));
  store.close();
  return content(store);
}

test('a store that is open read-only refuses every change and writes nothing', () => inFolder((path) => {
  const before = written(path);
  const file = readFileSync(path);
  const names = readdirSync(dirname(path));
  const store = FileStore.open(path, { readOnly: true });
  const readOnly = refused(/the store is open read-only/);
  const change = () => store.set(1, bytes(1), bytes(11));
  assert.throws(change, readOnly);
  assert.throws(() => store.delete(1, bytes(1)), readOnly);
  assert.throws(() => store.compact(), readOnly);
  store.delete(1, bytes(9));
  store.begin();
  assert.deepEqual(store.get(1, bytes(2)), bytes(20));
  assert.throws(change, readOnly);
  store.commit();
  store.begin();
  store.rollBack();
  store.computeEnded();
  store.flush();
  assert.equal(content(store), before);
  // Others may write meanwhile. What was read stays.
  const writer = FileStore.open(path);
  writer.set(1, bytes(1), bytes(12));
  writer.compact();
  assert.deepEqual(store.get(1, bytes(1)), bytes(10));
  store.close();
  assert.throws(change, refused(/the store is closed/));
  writer.close();
  writeFileSync(path, file);
  FileStore.open(path, { readOnly: true }).close();
  assert.deepEqual(readFileSync(path), file);
  assert.deepEqual(readdirSync(dirname(path)), names);
}));

test('a torn end, and with repair a damaged one, are left as they are', () => inFolder((path) => {
  written(path);
  const file = readFileSync(path);
  writeFileSync(path, file.subarray(0, file.length - 1));
  const torn = FileStore.open(path, { readOnly: true });
  assert.equal(torn.size(1), 1);
  torn.close();
  assert.equal(statSync(path).size, file.length - 1);
  const damaged = Buffer.from(file);
  damaged[file.length - 1] ^= 1;
  writeFileSync(path, damaged);
  assert.throws(() => FileStore.open(path, { readOnly: true }), refused(/the log is damaged/));
  const repaired = FileStore.open(path, { readOnly: true, repair: true });
  assert.equal(repaired.size(1), 1);
  repaired.close();
  assert.deepEqual(readFileSync(path), damaged);
}));

test('a file of an older version is read', () => inFolder((path) => {
  const [head, snapshot] = ['63754653010d0000004cfd9c05', '637553530100000000f89610c2'];
  writeFileSync(path, Buffer.from(head + snapshot, 'hex'));
  const store = FileStore.open(path, { readOnly: true });
  assert.equal(store.nextTable(undefined), undefined);
  store.close();
  assert.equal(readFileSync(path)[4], 1);
}));

test('a file that is not there is not created', () => inFolder((path) => {
  assert.throws(() => FileStore.open(path, { readOnly: true }), refused(/cannot be opened: ENOENT/));
  assert.deepEqual(readdirSync(dirname(path)), []);
}));

test('on a file system that cannot be written to nothing is tried', () => inFolder((path) => {
  const before = written(path);
  const writing = ['linkSync', 'writeFileSync', 'writeSync', 'renameSync', 'ftruncateSync', 'rmSync', 'fsyncSync'];
  failing(() => 'EROFS', writing);
  try {
    assert.throws(() => FileStore.open(path), refused(/no lock: EROFS.*; with readOnly: true it can be read/));
    const store = FileStore.open(path, { readOnly: true });
    assert.equal(content(store), before);
    store.close();
  } finally {
    whole();
  }
}));

test('a user who may not write can read', () => inFolder((path) => {
  written(path);
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o555);
  try {
    const source = `
      import { FileStore } from '${NODE_ENTRY}';
      if (process.getuid && process.getuid() === 0) process.setuid(65534);
      const store = FileStore.open(process.argv[1], { readOnly: true });
      console.log(store.size(1));
      store.close();
      try { FileStore.open(process.argv[1]); } catch (error) { console.log(error.name, error.cause.code); }
    `;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', source, path], { encoding: 'utf8' });
    assert.equal(child.stdout, '2\nFileStoreError EACCES\n', child.stderr);
  } finally {
    chmodSync(dirname(path), 0o755);
  }
}));

await withModule((module) => {
  test('scripts that only read run over a store that is open read-only', () => inFolder(async (path) => {
    const first = FileStore.open(path);
    (await Cu.create({ module, store: first })).compute('_home.n = 7 function _home.add(x) return _home.n + x end');
    first.close();
    const store = FileStore.open(path, { readOnly: true });
    const cu = await Cu.create({ module, store });
    assert.equal(cu.compute('return _home.add(1)').value, 8);
    assert.throws(() => cu.compute('_home.n = 8'), /this compute is read-only/);
    assert.throws(() => cu.compute('_home.t = {}'), /this compute is read-only/);
    assert.equal(cu.compute('return _home.n', { atomic: true }).value, 7);
    assert.deepEqual(cu.readHome().n, 7);
    store.close();
  }));
});

test('computes over a store that is open read-only may not write, and pass arguments', () => inFolder(async (path) => {
  const writer = FileStore.open(path);
  (await Cu.create({ store: writer, home: 'a' }))
    .compute('_home.x = 1 local n = 0 function _home.count() n = n + 1 return n end');
  writer.close();
  const file = readFileSync(path);
  const store = FileStore.open(path, { readOnly: true });
  const cu = await Cu.create({ store, home: 'a' });
  for (let call = 0; call < 3; call += 1) {
    assert.equal(cu.compute('return _home.count()').value, 1);
    assert.throws(() => cu.compute('_home.x = 2'), /key 'x' of _home may not be changed: this compute is read-only/);
    assert.throws(() => cu.compute('_home.x = 2', { permissions: { write: true } }), /this compute is read-only/);
  }
  assert.equal(cu.compute("_io.output = { 7 } return ('x'):rep(100000)").value.length, 100000);
  assert.throws(() => cu.openHome('b'), /there is no home 'b', and a compute that may not write makes none/);
  assert.equal(cu.compute('return _home.x').value, 1);
  store.close();
  assert.deepEqual(readFileSync(path), file);
}));
