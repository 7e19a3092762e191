/**
 * Instances in real workers of Node: they do what `Cu` and `Data` do, in the order of the calls.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';

import {
  Cu, CuFloat, EncodeError, ExternalTable, HomeError, LimitError, LuaError, LuaFunction, MemoryStore, StateError, Way,
} from '../index.js';
import { exportAll, importAll } from '../store/archive.js';
import { CuWASM, WorkerCu, WorkerError } from '../worker/index.js';
import { inFolder } from './folder.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';

const worker = (name) => new URL(`workers/${name}.js`, import.meta.url);
const reason = (wanted) => (error) => error instanceof WorkerError && error.reason === wanted;

await withModule((module) => {
  const using = (options, action) => async () => {
    const cu = await WorkerCu.create({ module, ...options });
    try {
      await action(cu);
    } finally {
      await cu.close();
    }
  };

  test('values, output and tables are those of an instance here', using({}, async (cu) => {
    const source = "print('x') _home.t = { 1, { a = 2.5 } } _home.f = function() return 7 end return 1, 'two', { 3 }, _home.t, print and 0, 1 << 62, '\\xff'";
    const here = await Cu.create({ module });
    const [result, wanted] = [await cu.compute(source), here.compute(source)];
    assert.deepEqual(result, wanted);
    assert.ok(result.values[3] instanceof ExternalTable);
    assert.deepEqual(await cu.read(result.values[3]), [1, { a: 2.5 }]);
    assert.deepEqual((await cu.readHome()).t, here.readHome().t);
    assert.ok((await cu.readHome()).f instanceof LuaFunction);
    assert.equal((await cu.call('_home.f')).value, 7);
    assert.equal((await cu.prepare('_home.f')()).value, 7);
    assert.deepEqual((await cu.prepare('select', { content: true })(2, 1, new Way('_home.t'))).values, [[1, { a: 2.5 }]]);
    await assert.rejects(cu.prepare('a..b')(), EncodeError);
    assert.deepEqual((await cu.call('select', [2, 1, new Way('_home.t')], { content: true })).values, [[1, { a: 2.5 }]]);
    assert.deepEqual(cu.module, here.module);
    assert.deepEqual(await cu.computeRaw('return 1'), here.computeRaw('return 1'));
    assert.deepEqual(Object.keys(await cu.memoryStats()), Object.keys(here.memoryStats()));
  }));

  test('source may be bytes, and large values travel', using({}, async (cu) => {
    assert.equal((await cu.compute(Buffer.from('return 5'))).value, 5);
    const long = `return ${'1,'.repeat(50000)} 2`;
    await assert.rejects(cu.compute(long), LuaError);
    assert.equal((await cu.compute("return ('x'):rep(500000)")).value.length, 500000);
    assert.equal((await cu.compute("return ('\\xff'):rep(500000)")).value.length, 500000);
  }));

  test('options reach the instance', using({ config: { instructions: 10000 }, exact: true, home: 'mine', now: true }, async (cu) => {
    await assert.rejects(cu.compute('while true do end'), ({ errorClass }) => errorClass === 'budget');
    assert.ok((await cu.compute('return 3.0')).value instanceof CuFloat);
    assert.deepEqual((await cu.homes()).map(({ name }) => name), [undefined, 'mine']);
    assert.ok((await cu.compute('return os.time()')).value > 1.7e9);
  }));

  test('events arrive before the answer', async () => {
    const events = [];
    const cu = await WorkerCu.create({ module, config: { output: 1, events: ['output', 'error'] }, onEvent: (event) => events.push(event) });
    await cu.compute('print("abc") print("def")');
    assert.equal(events.map(({ kind, text }) => kind + text).join('').replace(/output/g, ''), 'bc\ndef\n');
    await cu.compute('error({ _home })').catch(() => {});
    const { kind, value } = events[events.length - 1];
    assert.ok(kind === 'error' && value[0] instanceof ExternalTable);
    await cu.close();
  });

  test('an event handler that throws is told to `onError`, and disturbs no call', async () => {
    const errors = [];
    const cu = await WorkerCu.create({
      module, config: { output: 1, events: ['output'] }, onEvent: () => { throw new Error('of the handler'); }, onError: (error) => errors.push(error.message),
    });
    assert.equal((await cu.compute('print("abc") return 1')).value, 1);
    assert.ok(errors.length > 0 && errors.every((message) => message === 'of the handler'));
    await cu.close();
  });

  test('errors have their class, traceback, value and cause', using({}, async (cu) => {
    const error = await cu.compute("local t = { code = 7 } error(t)").catch((caught) => caught);
    assert.ok(error instanceof LuaError);
    assert.deepEqual([error.errorClass, error.value], ['runtime', { code: 7 }]);
    assert.match(error.traceback, /^stack traceback:\n/);
    await assert.rejects(cu.dropHome('nobody'), (caught) => caught instanceof HomeError && caught.home === 'nobody');
    await assert.rejects(cu.readHome({ limit: -1 }), RangeError);
    await cu.compute('_home[1] = 1 _home[2] = 2');
    await assert.rejects(cu.readHome({ limit: 1 }), (caught) => caught instanceof LimitError && caught.limit === 1);
    await assert.rejects(cu.compute(5), /the source is neither a string nor a Uint8Array/);
    await assert.rejects(cu.compute('', { home: '' }), LuaError);
  }));

  test('what cannot be sent is named, and disturbs nothing', using({}, async (cu) => {
    const before = cu.compute('return 1');
    await assert.rejects(cu.call('print', [{ a: [() => {}] }]), (error) => error instanceof EncodeError && error.path === 'arguments[1][0].a[0]');
    await assert.rejects(cu.call('print', [Symbol('s')]), EncodeError);
    await assert.rejects(cu.transaction(5), TypeError);
    assert.deepEqual([(await before).value, (await cu.compute('return 2')).value], [1, 2]);
  }));

  test('an argument that changes while its call waits has its value of the call', using({}, async (cu) => {
    const row = { n: 0 };
    const answers = [];
    for (row.n = 0; row.n < 5; row.n++) answers.push(cu.call('select', [1, row]));
    assert.deepEqual((await Promise.all(answers)).map(({ value }) => value.n), [0, 1, 2, 3, 4]);
    const bytes = new Uint8Array(100000).fill(1);
    await cu.call('select', ['#', bytes]);
    assert.equal(bytes.length, 100000, 'the bytes of a caller stay his');
  }));

  test('1,000 calls at once come in their order, some failing', using({}, async (cu) => {
    await cu.compute('n = 0');
    const calls = Array.from({ length: 1000 }, (_, at) => cu.compute(at % 7 === 3 ? 'n = n + 1 error(n)' : 'n = n + 1 return n')
      .then(({ value }) => value, ({ value }) => -value));
    assert.deepEqual(await Promise.all(calls), calls.map((_, at) => (at % 7 === 3 ? -at - 1 : at + 1)));
  }));

  test('the methods of Data', using({}, async ({ data }) => {
    assert.equal(await data.createTable('_home.users'), true);
    await data.batch(Array.from({ length: 50 }, (_, n) => ['set', '_home.users', n + 1, { name: `n${n}`, age: n }]));
    await data.createIndex('_home.users', 'age');
    assert.equal(await data.count('_home.users', { age: ['>', 40] }), 9);
    assert.deepEqual((await data.query('_home.users', { where: { age: 3 } })).rows, [{ name: 'n3', age: 3 }]);
    await data.update('_home.users', 4, { name: 'other' });
    assert.equal((await data.get('_home.users', 4)).name, 'other');
    assert.equal(await data.get('_home.users', 999), undefined);
    const results = await data.batch([['get', '_home.users', 1], ['set', '_home.users', 2, { age: 'old' }]], { atomic: false });
    assert.deepEqual(results.map(({ ok }) => ok), [true, true]);
    await assert.rejects(data.query('_home.users', { where: { age: undefined } }), TypeError);
  }));

  test('rows come page by page, all of them, and a reader may stop', using({}, async (cu) => {
    await cu.compute('_home.big = {} for i = 1, 2500 do _home.big[i] = { n = i } end _home.names = { a = 1, b = 2 }');
    let sum = 0;
    let count = 0;
    for await (const [key, { n }] of cu.rows('_home.big', { page: 100 })) {
      assert.equal(key, n);
      sum += n;
      count++;
    }
    assert.deepEqual([sum, count], [2500 * 2501 / 2, 2500]);
    for await (const [key] of cu.rows('_home.big')) if (key === 5) break;
    const found = [];
    for await (const row of cu.data.each('_home.big', { where: { n: ['>', 2490] }, order: { field: 'n', desc: true }, limit: 3 })) found.push(row[0]);
    assert.deepEqual(found, [2500, 2499, 2498]);
    const { value } = await cu.compute('return _home.names');
    const names = [];
    for await (const row of cu.rows(value)) names.push(row);
    assert.deepEqual(names, [['a', 1], ['b', 2]]);
    await assert.rejects(cu.rows('_home.none').next(), /_home.none/);
  }));

  test('transactions: kept, undone, and not nested', using({}, async (cu) => {
    assert.equal(await cu.transaction(async (each) => (await each.compute('_home.x = 1 return 5')).value), 5);
    await assert.rejects(cu.transaction(async () => {
      await cu.compute('_home.x = 2');
      throw new Error('no');
    }), /^Error: no$/);
    assert.equal((await cu.readHome()).x, 1);
    await cu.begin();
    await assert.rejects(cu.begin(), StateError);
    await cu.compute('_home.x = 3');
    await cu.rollBack();
    await assert.rejects(cu.commit(), StateError);
    assert.equal((await cu.readHome()).x, 1);
  }));

  test('homes, and the home of an instance', using({}, async (cu) => {
    const id = await cu.openHome('alice');
    assert.equal(await cu.homeTable, id);
    await cu.compute('_home.name = "Alice"');
    await cu.renameHome('alice', 'anna');
    assert.deepEqual((await cu.homes()).map(({ name }) => name), [undefined, 'anna']);
    await cu.setHomeTable(1);
    await cu.compute('');
    assert.equal(await cu.homeTable, 1);
    await cu.setMemoryAlias(true);
    assert.equal((await cu.compute('return Memory == _home')).value, true);
    await cu.dropHome('anna');
    await cu.reserveTables(1000);
    await cu.clearIo();
    await cu.runGc();
  }));

  test('instances in one worker share its store, and the last one ends it', async () => {
    const cu = await WorkerCu.create({ module });
    const second = await cu.open({ home: 'second' });
    await cu.compute('local n = 0 function _home.count() n = n + 1 return n end');
    const third = await cu.open();
    const counts = [];
    for (const each of [cu, third, cu, third]) counts.push((await each.compute('return _home.count()')).value);
    assert.deepEqual(counts, [1, 2, 3, 4]);
    await second.compute('_home.mine = true');
    assert.deepEqual(await second.readHome(), { mine: true });
    await cu.close();
    await assert.rejects(cu.compute(''), StateError);
    assert.deepEqual(await second.readHome(), { mine: true });
    await Promise.all([second.close(), third.close()]);
    await assert.rejects(second.readHome(), /this instance is closed/);
    await second.close();
    await assert.rejects(cu.open(), StateError);
  });

  test('`with` adds to a view, and leaves the instance as it is', using({}, async (cu) => {
    const stop = new AbortController();
    const view = cu.with({ signal: stop.signal });
    assert.equal((await view.compute('x = 1 return x')).value, 1);
    stop.abort();
    await assert.rejects(view.compute('x = 2'), { name: 'AbortError' });
    await assert.rejects(view.data.count('_home'), { name: 'AbortError' });
    assert.equal((await cu.compute('return x')).value, 1);
    assert.throws(() => cu.with({ limit: 1 }), /no option here is called limit/);
  }));

  test('a snapshot begins a store, and ends one', async () => {
    const store = new MemoryStore();
    const here = await Cu.create({ module, store });
    here.compute("_home.x = 41 for i = 1, 100 do _home[i] = tostring(i):rep(1000) end");
    const bytes = store.snapshot();
    const cu = await WorkerCu.create({ module, store: { memory: bytes } });
    assert.equal((await cu.compute('return _home.x')).value, 41);
    const now = MemoryStore.fromSnapshot(await cu.store.snapshot());
    assert.equal((await Cu.create({ module, store: now })).readHome().get('x'), 41);
    assert.deepEqual(await cu.store.snapshot(), await cu.store.snapshot());
    await assert.rejects(cu.store.save(), /the store of this worker has no method save/);
    assert.equal(cu.store.snapshots, undefined);
    await cu.close();
    assert.deepEqual(bytes, store.snapshot(), 'the bytes of a caller stay his');
  });

  test('everything goes from one store to another as one file', () => inFolder(async (path) => {
    const [from, to] = [await WorkerCu.create({ module }), await WorkerCu.create({ module, store: { file: path }, encrypted: { key: new Uint8Array(32) } })];
    await from.compute('_home.x = 41');
    const key = { key: new Uint8Array(32) };
    await assert.rejects(importAll(to.store, new Uint8Array(9)), { name: 'SnapshotError' });
    const file = await exportAll(from.store);
    assert.deepEqual(await importAll(from.store, file), { snapshots: [] });
    await from.compute('_home.x = 1');
    await importAll(from.store, file);
    assert.equal((await from.compute('return _home.x')).value, 41);
    // What an encrypted store exports is encrypted, and so is what it takes.
    await to.compute('_home.y = 2');
    const secret = await exportAll(to.store);
    await to.compute('_home.y = 3');
    await importAll(to.store, secret);
    assert.equal((await to.compute('return _home.y')).value, 2);
    await Promise.all([from.close(), to.close()]);
    const again = await WorkerCu.create({ module, store: { file: path }, encrypted: key });
    assert.deepEqual(await again.readHome(), { y: 2 });
    await again.close();
  }));

  // The restore of the store below saw encrypted counters, and could not tell which ids the instances had reserved.
  test('an encrypted store of a browser is restored under instances that have worked', async () => {
    const cu = await WorkerCu.create({ module, worker: worker('in_browser'), store: { browser: 'x', autosave: false }, encrypted: { key: new Uint8Array(32) } });
    const other = await cu.open({});
    await cu.compute('_home.a = { 1 } held = _home.a');
    await other.compute('_home.b = { 2 }');
    const bytes = await cu.store.snapshot();
    await cu.store.snapshots.save('early', bytes);
    await cu.compute('_home.c = { 3, { 4 } }');
    await other.compute('_home.d = { 5 }');
    await cu.store.restore(bytes);
    assert.equal(await cu.store.save(), 0, 'what was restored is durable');
    // Ids that were reserved before are given anew, or these tables would be one.
    await cu.compute('_home.e = { 6, { 7 } }');
    await other.compute('_home.f = { 8 }');
    assert.deepEqual(await cu.readHome(), { a: [1], b: [2], e: [6, [7]], f: [8] });
    await assert.rejects(cu.compute('return held[1]'), /is gone|was freed|no longer/);
    await assert.rejects(cu.store.restore(new MemoryStore().snapshot().slice(1)), { name: 'SnapshotError' });
    await cu.store.restore(await cu.store.snapshots.load('early'));
    assert.deepEqual(await other.readHome(), { a: [1], b: [2] });
    await cu.close();
  });

  test('a file outlives its worker, also encrypted', () => inFolder(async (path) => {
    const encrypted = { key: new Uint8Array(32).fill(1) };
    for (let wanted = 1; wanted <= 3; wanted++) {
      const cu = await WorkerCu.create({ module, store: { file: path }, encrypted });
      assert.equal((await cu.compute('_home.n = (_home.n or 0) + 1 return _home.n')).value, wanted);
      assert.ok(existsSync(`${path}.lock`));
      await cu.store.compact();
      await cu.close();
      assert.ok(!existsSync(`${path}.lock`));
    }
    await assert.rejects(WorkerCu.create({ module, store: { file: path }, encrypted: { key: new Uint8Array(32) } }), { name: 'EncryptionError', reason: 'key' });
  }));

  test('a store that cannot be opened is the error of `create`, and leaves no worker', () => inFolder(async (path) => {
    await assert.rejects(WorkerCu.create({ module, store: { file: dirname(path) } }), /EISDIR|directory/);
    const first = await WorkerCu.create({ module, store: { file: path } });
    await assert.rejects(WorkerCu.create({ module, store: { file: path } }), /FileStoreError: .*is writing it/);
    await first.close();
    await assert.rejects(WorkerCu.create({ module, store: { opfs: 'x' } }), { name: 'StorageError', reason: 'unsupported' });
  }));

  test('a worker opens its store while its module is on the way', () => inFolder(async (path) => {
    const workers = [];
    const own = () => {
      const each = new Worker(worker('own_kinds'));
      each.ended = new Promise((resolve) => { each.once('exit', resolve); });
      workers.push(each);
      return each;
    };
    const later = () => new Promise((resolve) => { setTimeout(resolve, 500, module); });
    const making = WorkerCu.create({ module: later(), worker: own, store: { file: path } });
    const end = Date.now() + 20_000;
    while (!existsSync(`${path}.lock`)) {
      assert.ok(Date.now() < end);
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    const cu = await making;
    assert.equal((await cu.compute('return 1 + 1')).value, 2);
    await cu.close();
    // Whatever fails, nobody starts another one.
    await assert.rejects(WorkerCu.create({ module: later(), worker: own, store: { file: dirname(path) } }), /EISDIR|directory/);
    await assert.rejects(WorkerCu.create({ module: Promise.reject(new Error('no network')), worker: own, store: { file: path } }), /^Error: no network$/);
    assert.equal(workers.length, 3);
    await Promise.all(workers.map(({ ended }) => ended));
    assert.ok(!existsSync(`${path}.lock`));
  }));

  test('wrong options are errors that name what was wanted', async () => {
    const refused = [
      [{ store: { local: 'x' } }, /workers have no localStorage/], [{ store: {} }, /store has the keys none; wanted is one of memory/],
      [{ store: { memory: true, opfs: 'x' } }, /store has the keys memory, opfs/], [{ store: 'x' }, /store is x/], [{ store: { file: '' } }, /store.file is empty/],
      [{ store: { indexeddb: 5 } }, /store.indexeddb is a number value/], [{ store: { memory: 'x' } }, /store.memory is neither true nor/],
      [{ store: new MemoryStore() }, /store is a store, which cannot be sent to a worker/],
      [{ hoem: 'x' }, /no option here is called hoem/], [{ now: Date.now }, /now is a function, which cannot be sent/], [{ onEvent: 5 }, /onEvent is 5/],
      [{ worker: 5 }, /worker is neither the URL/], [{ worker: () => 5 }, /worker is a number value/], [{ stopWait: -1 }, /stopWait is -1/], [{ timeLimit: 'x' }, /timeLimit is x/],
      [{ rate: { clock: Date.now } }, /rate.clock is a function/], [{ config: { seed: () => {} } }, /arguments\[2\]\.config\.seed: a function/], [5, /options are an object/],
      [{ home: '' }, /home/], [{ module: new Uint8Array(4) }, /not a cu module/],
    ];
    for (const [options, message] of refused) {
      const whole = typeof options === 'object' && options.module === undefined ? { module, ...options } : options;
      await assert.rejects(WorkerCu.create(whole), (error) => message.test(error.message), JSON.stringify(options));
    }
    await assert.rejects(WorkerCu.connect(undefined, { module }), /worker is a undefined value|wanted is a Worker/);
    assert.throws(() => new WorkerCu(), /made by WorkerCu.create/);
    await assert.rejects(WorkerCu.prototype.compute.call({}, ''), /no instance of a worker/);
  });

  test('a worker file of the program has its own store, for all who connect', async () => {
    const own = new Worker(worker('own_store'));
    const [one, two] = [await WorkerCu.connect(own, { module }), await WorkerCu.connect(own, { module, home: 'two' })];
    assert.equal((await one.compute('return _home.from')).value, 'the worker');
    await two.compute('_home.x = 1');
    assert.deepEqual(await two.readHome(), { x: 1 });
    await assert.rejects(WorkerCu.connect(own, { module, store: { memory: true } }), /this worker has its own/);
    await one.close();
    assert.deepEqual(await two.readHome(), { x: 1 }, 'the worker lives on');
    await two.close();
    const three = await WorkerCu.connect(own, { home: 'two' });
    assert.deepEqual(await three.readHome(), { x: 1 });
    const told = new Promise((resolve) => { own.on('message', resolve); });
    own.postMessage('hello');
    assert.equal(await told, 'hello too', 'messages of the program pass by');
    await own.terminate();
    await assert.rejects(three.compute(''), reason('died'));
  });

  test('a file of the program may add kinds of stores, and makes new workers by itself', async () => {
    const cu = await WorkerCu.create({ module, worker: worker('own_kinds'), store: { counting: 5, step: 2 } });
    assert.equal((await cu.compute('return _home.start')).value, 7);
    await cu.close();
  });

  test('an error that carries what cannot be sent, or read, comes without it', async () => {
    const cu = await WorkerCu.create({ module, worker: worker('odd_errors') });
    for (const method of ['snapshot', 'compact', 'flush']) {
      await assert.rejects(cu.store[method](), (error) => error instanceof RangeError && error.message === 'an odd error');
    }
    assert.equal((await cu.compute('return 1')).value, 1);
    await cu.close();
  });

  test('a worker that is none of cu, and one of another version, are told from one that is', async () => {
    const silent = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await assert.rejects(WorkerCu.connect(silent, { startWait: 100 }), (error) => reason('foreign')(error) && /within 100 ms: does its file call serve/.test(error.message));
    await silent.terminate();
    const { port1, port2 } = new MessageChannel();
    port2.on('message', ({ port }) => port.postMessage({ welcome: 99 }));
    await assert.rejects(WorkerCu.connect(port1), (error) => reason('foreign')(error) && /version 99 of the messages, this page version 2/.test(error.message));
    port1.close();
    await assert.rejects(WorkerCu.create({ module, worker: worker('none') }), (error) => reason('start')(error) && /Cannot find module/.test(error.message));
    await assert.rejects(WorkerCu.create({ module, worker: worker('broken') }), (error) => reason('start')(error) && /broken on purpose/.test(error.message));
  });

  test(`messages that nobody of cu sends do no harm (CU_SEED=${seed})`, async () => {
    const own = new Worker(worker('own_store'));
    const below = randomBelow(seed);
    const strange = [null, 5, 'x', [], {}, { cuWorker: 99, port: undefined }, { id: 1, method: 'compute' }];
    for (let count = 0; count < 20; count++) own.postMessage(strange[below(strange.length - 1)]);
    const cu = await WorkerCu.connect(own, { module });
    assert.equal((await cu.compute('return 1')).value, 1);
    await own.terminate();
  });

  test('a worker does nothing for a page but what is listed', async () => {
    const { port1, port2 } = new MessageChannel();
    const { Session } = await import('../worker/session.js');
    const answers = [];
    port1.on('message', (message) => answers.push(message));
    const session = new Session({ port: port2, signal: {} }, {});
    const calls = [['cu', 'constructor'], ['worker', 'receive'], ['worker', 'fail'], ['__proto__', 'x'], ['store', '__defineGetter__'], [undefined, undefined], ['cu', 'compute']];
    calls.forEach(([target, method], at) => session.receive({ id: at + 1, instance: 9, target, method: method === undefined ? 'none' : method, args: [], go: true }));
    session.receive({ go: 77 });
    session.receive({ drop: 78 });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    const errors = answers.filter(({ error }) => error !== undefined).map(({ error }) => error.message);
    assert.equal(errors.length, calls.length);
    assert.ok(errors.slice(0, 6).every((message) => /a worker has no method/.test(message)), errors.join('; '));
    assert.equal(errors[6], 'this instance is closed');
    port1.close();
  });

  test('CuWASM in a worker', async () => {
    const cu = await CuWASM.init({ module });
    await cu.setInput({ prices: [3, 4] });
    assert.equal(await cu.compute('local s = 0 for _, p in ipairs(_io.input.prices) do s = s + p end _io.output = { s = s } return s'), 7);
    assert.deepEqual(await cu.getOutput(), { s: 7 });
    await cu.persistFunction('_home', 'double', 'function(x) return x * 2 end', { metadata: { by: 'Ada' } });
    const double = await cu.restoreFunction('_home', 'double');
    assert.deepEqual([await double(21), double.metadata], [42, { by: 'Ada' }]);
    assert.equal(await cu.transaction(async (each) => each.compute('_home.k = 1 return 8')), 8);
    await assert.rejects(cu.transaction(async (each) => { await each.compute('_home.k = 2'); throw new Error('no'); }), /no/);
    assert.equal(await cu.compute('return _home.k'), 1);
    assert.equal(await cu.validateFunction('function( end'), false);
    assert.match(await cu.getLastError(), /^function:1/);
    assert.deepEqual(await cu.batchTableOperations([{ type: 'set', table: 'users', key: 'a', value: { n: 1 } }, { type: 'get', table: 'users', key: 'a' }]), [true, { n: 1 }]);
    assert.deepEqual((await cu.computeWithIo('_io.output = _io.input.x', { x: 5 })).output, 5);
    await cu.compute('function stats(p) return p.n + 1 end');
    assert.equal((await cu.request('stats', { n: 1 })).output, 2);
    const first = await cu.beginTransaction();
    await cu.commitTransaction(first);
    await cu.beginTransaction();
    await assert.rejects(cu.commitTransaction(first), /transaction/);
    await cu.close();
    await assert.rejects(cu.compute(''), StateError);
    await assert.rejects(CuWASM.init({ module, hoem: 1 }), /hoem/);
  });
});
