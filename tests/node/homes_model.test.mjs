// Several homes and several living instances over one store, against plain Lua tables: instances take turns, hold values, die,
// collect and restart. After each batch every home is as its plain table is, and a collection leaves what is reached and
// nothing else.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { FileStore } from '../../host-js/node.js';
import { EncryptedStore, EncryptionKey } from '../../host-js/encrypted.js';
import { IndexedDBStore } from '../../host-js/store/indexeddb.js';
import { Origin } from '../../host-js/test/fake_browser.js';
import { inFolder } from '../../host-js/test/folder.js';
import { randomBelow } from '../../host-js/test/random.js';
import { CELLS, CODES, FUNCTIONS } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const MODEL = ['model', 'homes'].map((name) => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), 'utf8')).join('\n');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);
const STEPS = 40;
const OPERATIONS = 12;

/** What the model says of a home. */
const name = (home) => `home ${home}`;

class World {
  constructor(seed, open) {
    this.seed = seed;
    this.random = randomBelow(seed);
    this.open = open;
    this.homes = 2 + this.random(4);
    this.instances = [];
  }

  async begin() {
    this.store = await this.open();
    // Each instance's globals are a table of its own in the plain one, so that what it holds is there, too.
    this.plain = await Cu.create({ module });
    this.plain.compute(`${MODEL} homes, globals = {}, {} for h = 1, ${this.homes} do homes[h] = {} end`);
    const count = 2 + this.random(3);
    for (let at = 0; at < count; at += 1) await this.start(at);
  }

  async start(at) {
    this.instances[at] = await Cu.create({ module, store: this.store });
    this.instances[at].compute(MODEL);
    this.plain.compute(`globals[${at}] = {}`);
  }

  /** Runs the same code over a home and over its plain table. */
  both(at, home, code, refuses = true) {
    const found = this.instances[at].compute(code('_home', refuses), { home: name(home) }).values;
    const wanted = this.plain.compute(`held = globals[${at}].held
      local function run() ${code(`homes[${home}]`, false)} end
      local values = table.pack(run())
      globals[${at}].held = held
      return table.unpack(values, 1, values.n)`).values;
    assert.deepEqual(found, wanted, this.context);
  }

  get context() {
    return `CU_SEED=${this.seed} CU_ROUNDS=1, step ${this.step}`;
  }

  /** Whether a home reaches what an instance holds, in the plain tables. */
  isReached(at) {
    return this.plain.compute(`return is_reached(homes, globals[${at}].held)`).value;
  }

  async take(step) {
    this.step = step;
    const at = this.random(this.instances.length);
    await this.inTurn(at, () => this.act(at));
  }

  /** Runs what an instance does when its turn has come. */
  async inTurn(at, action) {
    await action();
  }

  async act(at) {
    const home = 1 + this.random(this.homes);
    const number = this.random(2 ** 31);
    const what = this.random(20);
    if (what < 10) {
      this.both(at, home, (root, refuses) => `model.run(${root}, ${number}, ${OPERATIONS}, ${refuses})`);
    } else if (what < 12) {
      this.both(at, home, (root) => `hold(${root}, ${number})`);
    } else if (what < 15) {
      this.touchHeld(at, home, number);
    } else if (what < 16) {
      this.fail(at, home, number);
    } else if (what < 18) {
      this.instances[at].runGc();
    } else if (what < 19) {
      await this.start(at);
    } else {
      this.checkHome(at, home);
    }
  }

  /** What is held may be gone only if no home reached it. */
  touchHeld(at, home, number) {
    const code = number % 2 ? (root) => `put_held(${root}, 'k${number % 3}')` : () => `change_held(${number})`;
    try {
      this.both(at, home, code);
    } catch (error) {
      assert.match(error.message, /is gone|that is gone/, this.context);
      assert.equal(this.isReached(at), false, `${this.context}: what a home reaches is gone`);
      this.instances[at].compute('held = nil');
      this.plain.compute(`globals[${at}].held = nil`);
    }
  }

  /** An atomic compute that fails changes nothing. */
  fail(at, home, number) {
    const code = `local keep = held model.run(_home, ${number}, ${OPERATIONS}, true) held = keep error('on purpose', 0)`;
    assert.throws(() => this.instances[at].compute(code, { home: name(home), atomic: true }), /on purpose/, this.context);
  }

  checkHome(at, home) {
    this.both(at, home, (root) => `return model.dump(${root})`);
  }

  /** A collection without anyone who holds anything leaves what the homes reach, and nothing else. */
  async end() {
    this.step = 'the end';
    this.instances = [];
    await this.start(0);
    for (let home = 1; home <= this.homes; home += 1) this.checkHome(0, home);
    await this.start(0);
    this.instances[0].runGc();
    const functions = this.store.size(FUNCTIONS);
    // What an instance held may have been put into another home, so homes may share tables.
    const wanted = this.plain.compute('return model.count(homes)').values;
    assert.deepEqual([this.tables(), functions], wanted, `${this.context}: tables and functions in the store`);
    for (let home = 1; home <= this.homes; home += 1) this.checkHome(0, home);
    assert.ok(this.store.size(CELLS) <= 4 * functions, `${this.context}: ${this.store.size(CELLS)} captured variables`);
    assert.ok(this.store.size(CODES) <= 2, `${this.context}: the code of ${this.store.size(CODES)} functions; there are two`);
    for (let home = 1; home <= this.homes; home += 1) this.instances[0].dropHome(name(home));
    await this.start(0);
    this.instances[0].runGc();
    assert.deepEqual([this.tables(), this.store.size(FUNCTIONS), this.store.size(CELLS), this.store.size(CODES)], [0, 0, 0, 0], this.context);
  }

  /** The number of tables with keys. */
  tables() {
    let count = 0;
    for (let id = this.store.nextTable(2); id !== undefined && id < 0x80000000; id = this.store.nextTable(id)) count += 1;
    return count;
  }
}

/** Each instance is in a tab of its own, which dies when the instance is made anew. */
class Tabs extends World {
  constructor(seed) {
    super(seed, async () => undefined);
    this.origin = new Origin();
    this.tabs = [];
  }

  async start(at) {
    const before = this.tabs[at];
    if (before !== undefined) {
      await before.store.turn(() => {});
      before.browser.die();
    }
    const browser = this.origin.tab({ page: false });
    const onError = (error) => { if (!browser.isDead) throw error; };
    this.store = await IndexedDBStore.open('store', { browser, autosave: false, grace: 0, onError });
    this.tabs[at] = { browser, store: this.store };
    await this.store.turn(() => super.start(at));
  }

  async inTurn(at, action) {
    const { store, browser } = this.tabs[at];
    this.store = store;
    await store.turn(action).catch((error) => {
      if (!browser.isDead || error.name !== 'StorageError') throw error;
    });
  }
}

const STORES = {
  memory: { rounds: ROUNDS, open: async () => new MemoryStore() },
  encrypted: { rounds: Math.ceil(ROUNDS / 8), open: async () => EncryptedStore.open(new MemoryStore(), { key: new EncryptionKey(new Uint8Array(32).fill(7)) }) },
};

test(`homes in tabs over one database are as plain tables (CU_SEED=${FIRST})`, async () => {
  for (let seed = FIRST; seed < FIRST + Math.ceil(ROUNDS / 4); seed += 1) {
    const world = new Tabs(seed);
    await world.begin();
    for (let step = 0; step < STEPS; step += 1) {
      await world.take(step).catch((error) => assert.fail(`${world.context}: ${error.stack}`));
    }
    await world.end();
  }
});

for (const [kind, { rounds, open }] of Object.entries(STORES)) {
  test(`homes over one store are as plain tables: ${kind} (CU_SEED=${FIRST}, ${rounds} rounds)`, async () => {
    for (let seed = FIRST; seed < FIRST + rounds; seed += 1) {
      const world = new World(seed, open);
      await world.begin();
      for (let step = 0; step < STEPS; step += 1) {
        await world.take(step).catch((error) => assert.fail(`${world.context}: ${error.message}`));
      }
      await world.end();
    }
  });
}

test(`homes over one file are as plain tables (CU_SEED=${FIRST})`, () => inFolder(async (path) => {
  for (let seed = FIRST; seed < FIRST + Math.ceil(ROUNDS / 8); seed += 1) {
    const world = new World(seed, async () => FileStore.open(`${path}.${seed}`));
    await world.begin();
    for (let step = 0; step < STEPS; step += 1) {
      await world.take(step).catch((error) => assert.fail(`${world.context}: ${error.message}`));
      if (world.random(15) > 0) continue;
      // As after a restart of the process.
      world.store.close();
      world.store = await world.open();
      for (let at = 0; at < world.instances.length; at += 1) await world.start(at);
    }
    await world.end();
    world.store.close();
  }
}));
