// Stores of browsers, measured in a page: cu's, Dexie and TinyBase over the same IndexedDB, which take turns. All write with strict
// durability where they let one say so. A figure is the median of the rounds, in milliseconds.

import { MemoryStore } from 'cu';
import { IndexedDBStore } from 'cu/store/indexeddb';
import { LocalStore } from 'cu/store/local';
import Dexie from 'dexie';
import { createStore } from 'tinybase';
import { createIndexedDbPersister } from 'tinybase/persister';

const KEYS = 10_000;
const CHANGED = 10;
const DOCUMENTS = 500;
const ROUNDS = 7;
/** Changes of few keys in each round. */
const CHANGES = 4;

const keyAt = (at) => `key${at}`;
const valueAt = (at, round) => `value ${at} of ${round}`;
const document = (at) => ({ name: `document ${at}`, age: at % 100, city: { name: `c${at % 50}` }, tags: ['a', `t${at % 7}`] });
const changedAt = (at, change) => keyAt(at * 997 + change);

/** Each has a home of its own in each round: `open`, what is measured, `close`. */
class InCu {
  async open(name) {
    this.store = await IndexedDBStore.open(`cu ${name}`, { autosave: false });
    this.cu = await window.create(this.store);
    await this.store.save();
  }

  fill(round) {
    this.cu.compute(`for at = 0, ${KEYS - 1} do _home['key' .. at] = 'value ' .. at .. ' of ${round}' end`);
  }

  change(change) {
    this.cu.compute(`for at = 0, ${CHANGED - 1} do _home['key' .. at * 997 + ${change}] = 'changed ${change}' end`);
  }

  documents() {
    this.cu.compute(`_home.documents = ext.table() for at = 1, ${DOCUMENTS} do
      _home.documents[at] = { name = 'document ' .. at, age = at % 100, city = { name = 'c' .. at % 50 }, tags = { 'a', 't' .. at % 7 } } end`);
  }

  save() {
    return this.store.save();
  }

  one(at) {
    return this.store.turn(() => this.cu.compute(`_home.counter = ${at}`));
  }

  close() {
    return this.store.close();
  }
}

class InDexie {
  async open(name) {
    this.database = new Dexie(`dexie ${name}`, { chromeTransactionDurability: 'strict' });
    this.database.version(1).stores({ home: '', documents: '++' });
    await this.database.open();
    this.changes = () => undefined;
  }

  #put(keys, values) {
    this.changes = () => this.database.home.bulkPut(values, keys);
  }

  fill(round) {
    const all = Array.from({ length: KEYS }, (_, at) => at);
    this.#put(all.map(keyAt), all.map((at) => valueAt(at, round)));
  }

  change(change) {
    const some = Array.from({ length: CHANGED }, (_, at) => at);
    this.#put(some.map((at) => changedAt(at, change)), some.map(() => `changed ${change}`));
  }

  documents() {
    const all = Array.from({ length: DOCUMENTS }, (_, at) => document(at + 1));
    this.changes = () => this.database.documents.bulkAdd(all);
  }

  save() {
    return this.changes();
  }

  one(at) {
    return this.database.home.put(at, 'counter');
  }

  close() {
    this.database.close();
  }
}

/** It writes everything at each save. Its cells hold no objects, so documents are texts. */
class InTinyBase {
  async open(name) {
    this.store = createStore();
    this.persister = createIndexedDbPersister(this.store, `tinybase ${name}`);
    await this.persister.save();
  }

  fill(round) {
    this.store.transaction(() => { for (let at = 0; at < KEYS; at += 1) this.store.setValue(keyAt(at), valueAt(at, round)); });
  }

  change(change) {
    this.store.transaction(() => { for (let at = 0; at < CHANGED; at += 1) this.store.setValue(changedAt(at, change), `changed ${change}`); });
  }

  documents() {
    this.store.transaction(() => {
      for (let at = 1; at <= DOCUMENTS; at += 1) this.store.setRow('documents', String(at), { json: JSON.stringify(document(at)) });
    });
  }

  save() {
    return this.persister.save();
  }

  close() {
    return this.persister.destroy();
  }
}

const CONTENDERS = { cu: InCu, dexie: InDexie, tinybase: InTinyBase };

const median = (times) => [...times].sort((left, right) => left - right)[times.length >> 1];

/** The times by what was measured, and by who it was. */
class Times {
  constructor() {
    this.all = {};
  }

  async take(what, who, action) {
    const start = performance.now();
    await action();
    const of = this.all[what] ??= {};
    (of[who] ??= []).push(performance.now() - start);
  }

  /** As `measureCalls` answers. */
  get measures() {
    return Object.entries(this.all).map(([what, of]) => ({
      what,
      milliseconds: Object.fromEntries(Object.entries(of).map(([who, times]) => [who, median(times)])),
    }));
  }
}

export async function measureStores() {
  const times = new Times();
  for (let round = 0; round < ROUNDS; round += 1) {
    const contenders = Object.entries(CONTENDERS);
    // Each begins once: the browser may still be busy with what the one before it wrote.
    for (const [who, Contender] of [...contenders.slice(round % contenders.length), ...contenders.slice(0, round % contenders.length)]) {
      await measureHome(times, who, new Contender(), round);
    }
    await times.take('open', 'cu', async () => (await IndexedDBStore.open(`cu ${round}`)).close());
  }
  await measureMemory(times);
  await measureLocal(times);
  await measureFiles(times);
  return times.measures;
}

async function measureHome(times, who, home, round) {
  await home.open(round);
  home.documents();
  await times.take('documents', who, () => home.save());
  home.fill(round);
  await times.take('home', who, () => home.save());
  for (let change = 0; change < CHANGES; change += 1) {
    home.change(change);
    await times.take('changed', who, () => home.save());
    if (home.one !== undefined) await times.take('one', who, () => home.one(change));
  }
  await home.close();
}

/** What it costs a script that the store has to note what changed. */
async function measureMemory(times) {
  const plain = await window.create(new MemoryStore());
  const behind = await window.create(await IndexedDBStore.open('loop', { autosave: false }));
  const loop = "for i = 1, 100000 do _home['key' .. i % 10000] = i end";
  for (let round = 0; round < ROUNDS; round += 1) {
    await times.take('memory', 'cu', () => plain.compute(loop));
    await times.take('behind', 'cu', () => behind.compute(loop));
  }
}

async function measureLocal(times) {
  const cu = await window.create(await LocalStore.open('measure'));
  cu.compute("for i = 1, 1000 do _home['key' .. i] = 'value ' .. i end");
  for (let change = 0; change < 50; change += 1) await times.take('local', 'cu', () => cu.compute('_home.n = (_home.n or 0) + 1'));
}

/** Over files, in a worker. */
async function measureFiles(times) {
  const call = window.startWorker();
  await call('open', 'measure', {});
  await call('compute', `for i = 1, ${KEYS} do _home['key' .. i] = 'value ' .. i end`);
  times.all.file = { cu: await call('time', '_home.n = (_home.n or 0) + 1', 300) };
  times.all.files = { cu: await call('time', "for i = 1, 1000 do _home['key' .. i] = i * 2 end", 50) };
  await call('close');
}
