/**
 * The store in a file: its content after a restart, a kill, a torn write, damage, a failure of the file system.
 */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

import { Cu, HostError, MemoryStore } from '../index.js';
import { FileStore, FileStoreError } from '../node.js';
import { content, contentOf, durable, inFolder } from './folder.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';

const NODE_ENTRY = new URL('../node.js', import.meta.url).href;
const RANDOM = new URL('./random.js', import.meta.url).href;

const bytes = (...numbers) => Uint8Array.from(numbers);
const word = (number) => bytes(number >> 24, number >> 16, number >> 8, number);

test('changes are there after a restart', () => inFolder((path) => {
  let store = FileStore.open(path);
  store.set(1, bytes(1), bytes(2));
  store.set(0xffffffff, bytes(), bytes());
  store.set(5, bytes(3), bytes(4));
  store.delete(5, bytes(3));
  store.delete(5, bytes(9));
  store.close();
  store.close();
  store = FileStore.open(path);
  assert.deepEqual(store.get(1, bytes(1)), bytes(2));
  assert.deepEqual(store.lend(0xffffffff, bytes()), bytes());
  assert.equal(store.size(5), 0);
  const keys = [];
  store.keys(1, undefined, false, (key) => keys.push(key));
  assert.deepEqual(keys, [bytes(1)]);
  store.close();
  assert.throws(() => store.set(1, bytes(1), bytes(1)), /the store is closed/);
  assert.throws(() => store.flush(), FileStoreError);
}));

const SNAPSHOT = '6375535301' + '00000000' + 'f89610c2';
const CHANGES = 'bad594b6' + '036969b5' + '01' + '03000000' + '02000000' + '01000000' + '0102' + '09'
  + '7242d95d' + '9242ccb6' + '02' + '03000000' + '02000000' + '00000000' + '0102';

// Files with these bytes stay readable.
const GOLDEN = '6375465302' + '0d000000' + '9c873c42' + SNAPSHOT + CHANGES;
const GOLDEN_1 = '6375465301' + '0d000000' + '4cfd9c05' + SNAPSHOT + CHANGES;

test('the format is the one drawn', () => inFolder((path) => {
  const store = FileStore.open(path);
  store.set(3, bytes(1, 2), bytes(9));
  store.delete(3, bytes(1, 2));
  store.close();
  assert.equal(readFileSync(path).toString('hex'), GOLDEN);
  for (const golden of [GOLDEN, GOLDEN_1]) {
    writeFileSync(path, Buffer.from(golden, 'hex').subarray(0, 50));
    const back = FileStore.open(path);
    assert.deepEqual(back.get(3, bytes(1, 2)), bytes(9));
    back.close();
    // A file of an older version is rewritten.
    assert.equal(readFileSync(path).toString('hex').slice(0, 10), '6375465302');
    assert.notEqual(contentOf(path), Buffer.from(new MemoryStore().snapshot()).toString('hex'));
  }
}));

test('flush makes changes durable, and a batch is not written before', () => inFolder((path) => {
  const store = FileStore.open(path);
  const empty = durable(path);
  store.set(1, bytes(1), bytes(2));
  assert.equal(durable(path), empty);
  store.flush();
  assert.equal(durable(path), content(store));
  store.close();
}));

test(`random operations with reopenings agree with a map (CU_SEED=${seed})`, () => inFolder((path) => {
  const below = randomBelow(seed);
  const model = new Map();
  let store = FileStore.open(path);
  for (let operation = 0; operation < 20000; operation++) {
    const table = 1 + below(3);
    const key = word(below(200)).subarray(below(4));
    const name = `${table}:${Buffer.from(key).toString('hex')}`;
    const choice = below(1000);
    if (choice < 600) {
      const value = new Uint8Array(below(50) === 0 ? below(400000) >> below(18) : below(40)).fill(operation);
      store.set(table, key, value);
      model.set(name, Buffer.from(value));
    } else if (choice < 900) {
      store.delete(table, key);
      model.delete(name);
    } else if (choice < 990) {
      const found = store.get(table, key);
      assert.deepEqual(found && Buffer.from(found), model.get(name));
    } else if (choice < 993) {
      store.compact();
    } else if (choice < 996) {
      store.flush();
    } else {
      store.close();
      store = FileStore.open(path);
      assert.equal(store.size(1) + store.size(2) + store.size(3), model.size);
      for (const [each, value] of model) {
        const [id, hex] = each.split(':');
        assert.ok(value.equals(store.get(Number(id), Buffer.from(hex, 'hex'))), each);
      }
    }
  }
  store.close();
}));

/** Operation `number` of the process that is killed: the same in every run. */
const OPERATE = `(store, number) => {
  const key = Uint8Array.of(number % 40);
  if (number % 7 === 6) store.delete(number % 3, key);
  else store.set(number % 3, key, new Uint8Array(number % 11 === 0 ? number * 997 % 90000 : 8).fill(number));
}`;

const WRITER = `
  import { writeSync } from 'node:fs';
  import { FileStore } from '${NODE_ENTRY}';
  import { randomBelow } from '${RANDOM}';
  const operate = ${OPERATE};
  const [path, from, seed] = process.argv.slice(1);
  const below = randomBelow(Number(seed));
  const store = FileStore.open(path);
  for (let number = Number(from); ; number++) {
    operate(store, number);
    if (below(30) === 0) {
      store.flush();
      writeSync(1, (number + 1) + '\\n');
    }
    if (below(500) === 0) store.compact();
  }
`;

/** Runs the writer from operation `from` on, kills it after some acknowledgements, and returns the last one. */
async function writeUntilKilled(path, from, start, acknowledgements) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path, String(from), String(start)]);
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk) => { errors += chunk; });
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.split('\n').length > acknowledgements) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => { child.on('close', (code, name) => resolve(name)); });
  assert.equal(signal, 'SIGKILL', errors);
  return Number(output.split('\n').slice(0, -1).pop());
}

test(`a killed process leaves what it flushed, and no gaps (CU_SEED=${seed})`, () => inFolder(async (path) => {
  const operate = new Function(`return ${OPERATE}`)();
  const below = randomBelow(seed);
  const model = new MemoryStore();
  let done = 0;
  for (let round = 0; round < 8; round++) {
    const acknowledged = await writeUntilKilled(path, done, seed + round, 1 + below(60));
    const found = contentOf(path);
    while (done < acknowledged) operate(model, done++);
    // The process may have written more than it acknowledged.
    for (let beyond = 0; content(model) !== found; beyond++) {
      assert.ok(beyond < 3000, `no prefix from ${acknowledged} on is what was found`);
      operate(model, done++);
    }
  }
}));

/** A file with three changes, and where the last two begin. */
function logOfThree(path) {
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(10));
  store.flush();
  const second = statSync(path).size;
  store.set(1, bytes(2), bytes(20, 21));
  store.flush();
  const last = statSync(path).size;
  const before = content(store);
  store.set(2, bytes(3), bytes(30, 31, 32));
  store.close();
  return { file: readFileSync(path), second, last, before };
}

test('a log torn at any byte of its last record opens with those before', () => inFolder((path) => {
  const { file, last, before } = logOfThree(path);
  for (let length = last; length < file.length; length++) {
    for (const zeros of [0, 1, 40]) {
      // Zeros after a part of a record are damage; zeros in place of a record are the end.
      if (zeros > 0 && length > last) continue;
      writeFileSync(path, Buffer.concat([file.subarray(0, length), Buffer.alloc(zeros)]));
      assert.equal(contentOf(path), before, `${length} bytes, ${zeros} zeros`);
      assert.equal(statSync(path).size, last, 'the torn record is cut off');
    }
    // The next changes can be read.
    writeFileSync(path, file.subarray(0, length));
    const store = FileStore.open(path);
    store.set(7, bytes(7), bytes(7));
    store.close();
    assert.equal(contentOf(path), content(store));
  }
}));

test('a changed byte is refused and named, and repair cuts before it', () => inFolder((path) => {
  const { file, second, last } = logOfThree(path);
  for (let at = 0; at < file.length; at++) {
    const altered = Buffer.from(file);
    altered[at] ^= 1 << at % 8;
    writeFileSync(path, altered);
    const wanted = at >= last ? last : at >= second ? second : undefined;
    assert.throws(() => contentOf(path), (error) => error instanceof FileStoreError && error.path === path
      && (wanted === undefined ? error.offset <= second : error.offset === wanted), `byte ${at}`);
    assert.deepEqual(readFileSync(path), altered, 'a refused file stays as it is');
    if (wanted === undefined) continue;
    contentOf(path, { repair: true });
    assert.equal(statSync(path).size, wanted);
  }
  for (let length = 0; length < 13; length++) {
    writeFileSync(path, file.subarray(0, length));
    assert.throws(() => contentOf(path), FileStoreError);
  }
}));

test('a compaction interrupted at any step loses nothing', () => inFolder((path) => {
  const { file } = logOfThree(path);
  const whole = contentOf(path);
  const store = FileStore.open(path);
  store.compact();
  store.close();
  const compacted = readFileSync(path);
  // In step 1: part of the new file. Before step 2: all of it. After step 2: no other file.
  for (let length = 0; length <= compacted.length; length++) {
    writeFileSync(path, file);
    writeFileSync(`${path}.new`, compacted.subarray(0, length));
    assert.equal(contentOf(path), whole);
  }
  const again = FileStore.open(path);
  again.compact();
  again.close();
  assert.ok(!existsSync(`${path}.new`));
  assert.deepEqual(readFileSync(path), compacted);
  assert.equal(contentOf(path), whole);
}));

test('a log of overwritten values does not grow for ever', () => inFolder((path) => {
  const store = FileStore.open(path);
  for (let number = 0; number < 600; number++) {
    store.set(1, bytes(number % 4), new Uint8Array(100000).fill(number));
    if (number % 10 === 0) store.flush();
  }
  store.close();
  assert.ok(statSync(path).size < 12e6, `${statSync(path).size} bytes`);
  assert.equal(contentOf(path), content(store));
}));

test('large values and 100,000 keys', () => inFolder((path) => {
  const store = FileStore.open(path);
  store.set(1, bytes(1), new Uint8Array(30e6).fill(7));
  store.set(1, new Uint8Array(300000).fill(8), bytes(1));
  for (let number = 0; number < 100000; number++) store.set(2, word(number), word(number * 7));
  store.close();
  const back = FileStore.open(path);
  assert.equal(back.size(2), 100000);
  for (let number = 0; number < 100000; number += 99) {
    assert.deepEqual(back.get(2, word(number)), word(number * 7));
  }
  assert.ok(Buffer.from(back.get(1, bytes(1))).equals(Buffer.alloc(30e6, 7)));
  assert.equal(content(back), content(store));
  back.close();
}));

test('a second writer is refused, in this process and in another', () => inFolder((path) => {
  const store = FileStore.open(path);
  assert.throws(
    () => FileStore.open(path),
    (error) => error instanceof FileStoreError && error.message.endsWith(`process ${process.pid} is writing it; it is open in this thread, and has to be closed first`),
  );
  const source = `import { FileStore } from '${NODE_ENTRY}'; FileStore.open(process.argv[1]);`;
  const other = spawnSync(process.execPath, ['--input-type=module', '-e', source, path], { encoding: 'utf8' });
  assert.notEqual(other.status, 0);
  assert.match(other.stderr, new RegExp(`process ${process.pid} is writing it; if that is not so, remove .*\\.lock`));
  store.close();
  assert.ok(!existsSync(`${path}.lock`));
  FileStore.open(path).close();
}));

test('the lock of a process that has ended is taken over', () => inFolder((path) => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(`${path}.lock`, `${pid} \n`);
  FileStore.open(path).close();
  // The same id, but of a later process.
  if (process.platform === 'linux') {
    writeFileSync(`${path}.lock`, `${process.pid} another-boot:1\n`);
    FileStore.open(path).close();
  }
  // Nothing is known of the process that wrote this.
  writeFileSync(`${path}.lock`, '');
  assert.throws(() => FileStore.open(path), FileStoreError);
}));

test('the lock of a thread that has ended is taken over by who knows of that', () => inFolder(async (path) => {
  const source = `import('${NODE_ENTRY}').then(({ FileStore }) => { FileStore.open(${JSON.stringify(path)}); process.exit(); });`;
  const worker = new Worker(source, { eval: true });
  const { threadId } = worker;
  await new Promise((resolve) => { worker.on('exit', resolve); });
  assert.throws(() => FileStore.open(path, { endedThreads: [threadId + 1] }), /is writing it/);
  FileStore.open(path, { endedThreads: [0, threadId] }).close();
  assert.ok(!existsSync(`${path}.lock`));
}));

test('a refused file leaves no lock', () => inFolder((path) => {
  writeFileSync(path, 'something else');
  assert.throws(() => FileStore.open(path), /not the file of a FileStore at byte 0/);
  assert.ok(!existsSync(`${path}.lock`));
}));

test('after a failed write nothing is written, and reading goes on', () => inFolder((path) => {
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(1));
  store.flush();
  const before = content(store);
  closeSync(store.log.file.descriptor);
  store.log.file.descriptor = openSync(path, 'r');
  store.set(1, bytes(2), bytes(2));
  const failed = (error) => error instanceof FileStoreError && /writing failed/.test(error.message)
    && error.cause.code === 'EBADF';
  assert.throws(() => store.flush(), failed);
  assert.throws(() => store.set(1, bytes(3), bytes(3)), failed);
  assert.throws(() => store.compact(), failed);
  assert.deepEqual(store.get(1, bytes(1)), bytes(1));
  store.close();
  assert.equal(contentOf(path), before);
}));

await withModule((module) => {
  test('a compute and a collection flush what they changed, failed or not', () => inFolder(async (path) => {
    const store = FileStore.open(path);
    const cu = await Cu.create({ module, store });
    cu.compute('_home.count = 1');
    const first = durable(path);
    assert.equal(first, content(store));
    assert.throws(() => cu.compute('_home.count = 2 error("no")'), /no/);
    assert.notEqual(durable(path), first);
    assert.equal(durable(path), content(store));
    cu.runGc();
    assert.equal(durable(path), content(store));
    store.close();
    const back = FileStore.open(path);
    assert.equal((await Cu.create({ module, store: back })).compute('return _home.count').value, 2);
    back.close();
  }));

  test('without flushAfterCompute only flush makes durable', () => inFolder(async (path) => {
    const store = FileStore.open(path, { flushAfterCompute: false });
    const cu = await Cu.create({ module, store });
    const before = durable(path);
    cu.compute('_home.count = 1');
    assert.equal(durable(path), before);
    store.flush();
    assert.equal(durable(path), content(store));
    store.close();
  }));

  test('a compute over a store that was closed says so, and runs nothing', () => inFolder(async (path) => {
    for (const flushAfterCompute of [true, false]) {
      const store = FileStore.open(path, { flushAfterCompute });
      const cu = await Cu.create({ module, store });
      cu.compute('_home.n = 1');
      store.close();
      for (const source of ['n = 2', '_home.n = 2']) {
        const closed = (error) => error instanceof HostError && error.cause instanceof FileStoreError && error.message.endsWith('the store is closed');
        assert.throws(() => cu.compute(source), closed);
      }
      FileStore.open(path).close();
    }
  }));

  test('a compute whose changes cannot be written throws what the store threw', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    const cause = new Error('disk full');
    store.computeEnded = () => { throw cause; };
    for (const run of [() => cu.compute('return 1'), () => cu.compute('error("no")'), () => cu.runGc()]) {
      assert.throws(run, (error) => error instanceof HostError && error.cause === cause);
    }
    assert.throws(() => cu.compute('return 1'), /computeEnded threw: disk full/);
    store.computeEnded = () => cu.compute('return 1');
    assert.throws(() => cu.compute('return 1'), (error) => error.cause.name === 'StateError');
    delete store.computeEnded;
    assert.equal(cu.compute('return 1').value, 1);
  });
});
