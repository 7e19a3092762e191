// Measures the stores of browsers, and workers, in Chromium: `node tests/browser/measure.mjs`. Prints medians in milliseconds.

import { launch, newProfile } from './chromium.mjs';
import { openPage } from './pages.mjs';
import { serve } from './server.mjs';

const median = (times) => [...times].sort((left, right) => left - right)[times.length >> 1];
const print = (what, times) => console.log(`${what.padEnd(56)} ${median(times).toFixed(2).padStart(8)} ms, best ${Math.min(...times).toFixed(2)}`);

const server = await serve();
const profile = await newProfile();
const browser = await launch(profile);
try {
  const page = await openPage(browser, server);
  const found = await page.evaluate(async () => {
    const { IndexedDBStore } = await window.load('cu/store/indexeddb');
    const { LocalStore } = await window.load('cu/store/local');
    const times = { first: [], changed: [], tables: [], open: [], turn: [], local: [], memory: [], behind: [], call: [] };
    const take = async (list, action) => {
      const start = performance.now();
      await action();
      list.push(performance.now() - start);
    };
    for (let round = 0; round < 15; round++) {
      const store = await IndexedDBStore.open(`measure ${round}`, { autosave: false });
      const cu = await window.create(store);
      await store.save();
      cu.compute("for i = 1, 10000 do _home['key' .. i] = 'value ' .. i end");
      await take(times.first, () => store.save());
      for (let change = 0; change < 10; change++) {
        cu.compute(`for i = 1, 10 do _home['key' .. i * ${change + 1}] = 'changed ${round} ' .. i end`);
        await take(times.changed, () => store.save());
        await take(times.turn, () => store.turn(() => cu.compute('_home.n = (_home.n or 0) + 1')));
      }
      cu.compute("for i = 1, 10000 do _home[i] = { name = 'n' .. i, age = i } end");
      await take(times.tables, () => store.save());
      await store.close();
      await take(times.open, async () => {
        const again = await IndexedDBStore.open(`measure ${round}`);
        await again.close();
      });
    }
    const local = await LocalStore.open('measure');
    const small = await window.create(local);
    small.compute("for i = 1, 1000 do _home['key' .. i] = 'value ' .. i end");
    for (let change = 0; change < 50; change++) await take(times.local, () => small.compute('_home.n = (_home.n or 0) + 1'));
    const plain = await window.create(new window.cu.MemoryStore());
    const behind = await window.create(await IndexedDBStore.open('measure', { autosave: false }));
    const loop = "for i = 1, 100000 do _home['key' .. i % 10000] = i end";
    for (let round = 0; round < 15; round++) {
      await take(times.memory, () => plain.compute(loop));
      await take(times.behind, () => behind.compute(loop));
    }
    return times;
  });
  print('IndexedDB: save a home of 10,000 new keys', found.first);
  print('IndexedDB: save 10 changed keys of 10,000', found.changed);
  print('IndexedDB: a turn with one change, durable', found.turn);
  print('IndexedDB: save 10,000 rows of 2 fields', found.tables);
  print('IndexedDB: open that home of 20,000 keys, and close it', found.open);
  print('100,000 changes in a compute over a MemoryStore', found.memory);
  print('100,000 changes in a compute over an IndexedDBStore', found.behind);
  print('localStorage: a compute with one change of 1,000 keys', found.local);
  const files = await page.evaluate(async () => {
    const call = window.startWorker();
    await call('open', 'measure', {});
    await call('compute', "for i = 1, 10000 do _home['key' .. i] = 'value ' .. i end");
    const one = await call('time', '_home.n = (_home.n or 0) + 1', 300);
    const many = await call('time', "for i = 1, 1000 do _home['key' .. i] = i * 2 end", 50);
    return { one, many };
  });
  print('OPFS: a compute with one change, durable', files.one);
  print('OPFS: a compute with 1,000 changes, durable', files.many);
  const workers = await page.evaluate(async () => {
    const { WorkerCu } = await window.load('cu/worker');
    const times = { start: [], call: [], many: [], stream: [], database: [], saved: [], files: [], revoked: [] };
    const take = async (list, action) => {
      const start = performance.now();
      await action();
      list.push(performance.now() - start);
    };
    const create = (store) => WorkerCu.create({ module: '/dist/cu.wasm', store });
    for (let round = 0; round < 5; round++) await take(times.start, async () => { await (await create({ memory: true })).close(); });
    const cu = await create({ memory: true });
    const items = Array.from({ length: 100_000 }, (_, n) => n);
    const double = 'local out = {} for i, n in ipairs(_io.input.batch) do out[i] = n * 2 end _io.output = out';
    for (let round = 0; round < 300; round++) await take(times.call, () => cu.compute('return 1 + 1'));
    for (let round = 0; round < 5; round++) {
      await take(times.many, () => Promise.all(Array.from({ length: 1000 }, () => cu.compute('return 1 + 1'))));
      await take(times.stream, async () => { for await (const output of cu.processStream(double, items, { batchSize: 1000 })) items[0] = output[0]; });
      const stop = new AbortController();
      const running = cu.compute('while true do end', { signal: stop.signal }).catch(() => {});
      await new Promise((resolve) => { setTimeout(resolve, 150); });
      await take(times.revoked, () => { stop.abort(); return running; });
    }
    for (const [store, list] of [[{ indexeddb: 'measure workers' }, times.database], [{ opfs: 'measure workers' }, times.files]]) {
      const durable = await create(store);
      for (let round = 0; round < 100; round++) await take(list, () => durable.compute('_home.n = (_home.n or 0) + 1'));
      if (list === times.database) {
        for (let round = 0; round < 5; round++) {
          await take(times.saved, () => Promise.all(Array.from({ length: 1000 }, () => durable.compute('_home.n = _home.n + 1'))));
        }
      }
      await durable.close();
    }
    return times;
  });
  print('worker: start it, make an instance, end both', workers.start);
  print('worker: a compute and its answer', workers.call);
  print('worker: 1,000 computes at once', workers.many);
  print('worker: a stream of 100,000 numbers in batches of 1,000', workers.stream);
  print('worker: a script is stopped by a revoked URL', workers.revoked);
  print('worker, IndexedDB: a compute with one change, durable', workers.database);
  print('worker, IndexedDB: 1,000 of them at once', workers.saved);
  print('worker, OPFS: a compute with one change, durable', workers.files);
} finally {
  await browser.close();
  await profile.remove();
  await server.close();
}
