/**
 * Units of changes: what a store keeps and undoes, and what an instance does when something fails.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HostError, LuaError, MemoryStore, StateError, TrapError } from '../index.js';
import { inside } from '../handle.js';
import { FileStore } from '../node.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { LocalStore } from '../store/local.js';
import { OPFSStore } from '../store/opfs.js';
import { trapError } from '../trap.js';
import { Origin } from './fake_browser.js';
import { Opfs } from './fake_opfs.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';
import { BUFFER_POINTER, UNREACHABLE, constant, stubModule } from './stub.js';

const folder = mkdtempSync(join(tmpdir(), 'cu-unit-'));
test.after(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, String(files++));
const key = new EncryptionKey(new Uint8Array(32).fill(1));

const STORES = {
  'a memory store': { create: () => new MemoryStore(), rounds: 60 },
  'a file store': { create: () => FileStore.open(newPath()), rounds: 10 },
  'a store in IndexedDB': {
    create: () => IndexedDBStore.open('store', { autosave: false, browser: new Origin().tab() }),
    rounds: 10,
  },
  'a store in localStorage': { create: () => LocalStore.open('store', { browser: new Origin().tab() }), rounds: 5 },
  'a store in OPFS': { create: () => OPFSStore.open('store', { browser: new Opfs().browser }), rounds: 5 },
  'an encrypted store': { create: () => EncryptedStore.open(new MemoryStore(), { key }), rounds: 5 },
};

/** All that a store holds, as text. An encrypted value is another one each time, so `snapshot` would not do. */
function content(store) {
  const rows = [];
  for (let table = store.nextTable(undefined); table !== undefined; table = store.nextTable(table)) {
    store.keys(table, undefined, false, (each) => {
      rows.push(`${table} ${Buffer.from(each).toString('hex')} ${Buffer.from(store.get(table, each)).toString('hex')}`);
      return true;
    });
    rows.push(`${table} has ${store.size(table)}`);
  }
  return rows;
}

/** A change of a store and of the model, which is a map of maps that is copied whole when a unit begins. */
function change(store, model, below) {
  const table = 1 + below(4);
  const bytes = Uint8Array.from({ length: below(3) }, () => below(6));
  const name = `${table} ${Buffer.from(bytes).toString('hex')}`;
  const choice = below(100);
  if (choice < 60) {
    const value = Uint8Array.from({ length: below(8) > 0 ? below(20) : below(700) }, () => below(256));
    store.set(table, bytes, value);
    model.set(name, { table, bytes, value });
  } else if (choice < 98) {
    store.delete(table, bytes);
    model.delete(name);
  } else {
    for (const row of [...model.values()].filter((each) => each.table === table)) store.delete(table, row.bytes);
    for (const [each, row] of [...model]) if (row.table === table) model.delete(each);
  }
}

function modelContent(model) {
  const tables = new Map();
  for (const { table, bytes, value } of model.values()) {
    if (!tables.has(table)) tables.set(table, []);
    tables.get(table).push({ bytes, value });
  }
  return [...tables].sort(([left], [right]) => left - right).flatMap(([table, rows]) => [
    ...rows.sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ bytes, value }) => `${table} ${Buffer.from(bytes).toString('hex')} ${Buffer.from(value).toString('hex')}`),
    `${table} has ${rows.length}`,
  ]);
}

for (const [name, { create, rounds }] of Object.entries(STORES)) {
  test(`random units of ${name} agree with the model (CU_SEED=${seed})`, async () => {
    const below = randomBelow(seed);
    for (let round = 0; round < rounds; round++) {
      const store = await create();
      assert.equal(store.canRollBack, true);
      let model = new Map();
      for (let unit = 0; unit < 10; unit++) {
        for (let count = below(100); count > 0; count--) change(store, model, below);
        const before = new Map(model);
        store.begin();
        for (let count = below(500); count > 0; count--) change(store, model, below);
        assert.deepEqual(content(store), modelContent(model));
        if (below(3) > 0) {
          store.rollBack();
          model = before;
        } else {
          store.commit();
        }
        assert.deepEqual(content(store), modelContent(model));
      }
      if (store.close && name !== 'an encrypted store') await store.close();
    }
  });
}

test('what is kept to undo a unit does not grow with the number of changes', () => {
  const store = new MemoryStore();
  const change = (table, number) => store.set(table, Uint8Array.of(number), new Uint8Array(100).fill(number));
  for (let number = 0; number < 200; number++) change(9, number);
  store.begin();
  for (let turn = 0; turn < 100000; turn++) {
    change(1 + turn % 2, 0);
    change(9, turn % 200);
    if (turn % 10 === 0) store.delete(1, Uint8Array.of(0));
  }
  assert.ok(store.small.notes.block.length <= 0x200000, `${store.small.notes.block.length} bytes of notes`);
  assert.ok(store.copies.count <= 200, `${store.copies.count} chunks`);
  store.rollBack();
  assert.deepEqual([store.size(1), store.size(2), store.size(9)], [0, 0, 200]);
});

test('units do not nest', () => {
  const store = new MemoryStore();
  store.begin();
  assert.throws(() => store.begin(), StateError);
  store.commit();
  store.begin();
  store.rollBack();
});

// ---- traps ----

const I32_DIVIDE = 0x6d;
const I32_LOAD = 0x28;
const DROP = 0x1a;
const CALL = 0x10;
const IMPORTS_BEFORE_EXPORTS = 5;
const COMPUTE = 1;

/** Changes table 7, then goes on with `rest`. */
const setThen = (rest) => [
  ...constant(7), ...constant(BUFFER_POINTER), ...constant(1), ...constant(BUFFER_POINTER), ...constant(1),
  CALL, 0, DROP, ...rest,
];

const TRAPS = {
  unreachable: UNREACHABLE,
  arithmetic: [...constant(1), ...constant(0), I32_DIVIDE],
  memory: [...constant(-16), I32_LOAD, 2, 0],
  stack: [...constant(0), ...constant(0), CALL, IMPORTS_BEFORE_EXPORTS + COMPUTE],
};

for (const [kind, code] of Object.entries(TRAPS)) {
  test(`a trap of kind ${kind} undoes the changes of its call`, async () => {
    const store = new MemoryStore();
    const body = kind === 'stack' ? code : setThen(code);
    const cu = await Cu.create({ module: stubModule({ compute: body }), store });
    store.set(7, Uint8Array.of(1), Uint8Array.of(1));
    const before = content(store);
    assert.throws(() => cu.compute('x'), (error) => error instanceof TrapError && error.kind === kind);
    assert.deepEqual(content(store), before);
    assert.throws(() => cu.compute('x'), TrapError);
    // The store serves another instance.
    const next = await Cu.create({ module: stubModule({ compute: setThen(constant(-1)) }), store });
    assert.throws(() => next.compute('x'), LuaError);
    assert.equal(store.size(7), 2);
  });
}

test('a store that cannot roll back keeps what was changed before a trap', async () => {
  class Forward extends MemoryStore {
    get canRollBack() {
      return false;
    }

    rollBack() {
      assert.fail('it cannot');
    }
  }
  const store = new Forward();
  const cu = await Cu.create({ module: stubModule({ compute: setThen(UNREACHABLE) }), store });
  assert.throws(() => cu.compute('x'), TrapError);
  assert.equal(store.size(7), 1);
  store.begin();
});

test('the words of other engines for their traps are known', () => {
  const words = {
    'unreachable executed': 'unreachable',
    'index out of bounds': 'memory',
    'indirect call to null': 'call',
    'indirect call signature mismatch': 'call',
    'integer divide by zero': 'arithmetic',
    'integer overflow': 'arithmetic',
    'invalid conversion to integer': 'arithmetic',
    "Unreachable code should not be executed (evaluating 'f()')": 'unreachable',
    'Out of bounds memory access': 'memory',
    'Out of bounds call_indirect': 'call',
    'call_indirect to a null table entry': 'call',
    'call_indirect to a signature that does not match': 'call',
    'Division by zero': 'arithmetic',
    'Out of bounds Trunc operation': 'arithmetic',
    'table index is out of bounds': 'call',
    'null function or function signature mismatch': 'call',
    'float unrepresentable in integer range': 'arithmetic',
    'memory access out of bounds': 'memory',
    'something new': 'other',
  };
  for (const [message, kind] of Object.entries(words)) {
    assert.equal(trapError(new WebAssembly.RuntimeError(message)).kind, kind, message);
  }
  assert.equal(trapError(new RangeError('Maximum call stack size exceeded')).kind, 'stack');
  const spiderMonkey = Object.assign(new Error('too much recursion'), { name: 'InternalError' });
  assert.equal(trapError(spiderMonkey).kind, 'stack');
  for (const cause of [new Error('unreachable'), new RangeError('index out of bounds'), undefined, 'text']) {
    assert.equal(trapError(cause).kind, 'host');
  }
});

// ---- failures of the host ----

const SET_UP = '_home.a = 1 _home.list = {} local n = 0 function _home.count() n = n + 1 return n end';
const CHANGES = `
  _home.a = (_home.a or 0) + 1
  _home.count()
  for i = 1, 20 do _home.list[i] = { i, tostring(i) } end
  _home.list[1] = nil
  return _home.a, _home.list`;
const IMPORTS = ['tableSet', 'tableGet', 'tableDelete', 'tableSize', 'tableKeys'];

/** Makes the call number `n` of any import, from now on, do something else first. */
function atCall(imports, n, action) {
  let calls = 0;
  for (const name of IMPORTS) {
    const method = imports[name];
    imports[name] = (...parameters) => {
      calls++;
      if (calls === n) action();
      return method.apply(imports, parameters);
    };
  }
}

await withModule((module) => {
  for (const [name, { create }] of Object.entries(STORES)) {
    test(`an exception that leaves import n undoes the compute, in ${name}`, async () => {
      for (const atomic of [false, true]) {
        for (let n = 1, done = false; !done; n++) {
          const store = await create();
          const cu = await Cu.create({ module, store, config: { atomic } });
          cu.compute(SET_UP);
          const before = content(store);
          const problem = new Error('host on fire');
          atCall(inside(cu).imports, n, () => { throw problem; });
          try {
            cu.compute(CHANGES);
            done = true;
            assert.ok(n > 40, `all calls: ${n}`);
          } catch (error) {
            assert.ok(error instanceof TrapError, String(error));
            assert.deepEqual([error.kind, error.cause], ['host', problem]);
            assert.deepEqual(content(store), before, `call ${n}, atomic ${atomic}`);
            const next = await Cu.create({ module, store });
            assert.equal(next.compute('return _home.count()').value, 1);
          }
          if (name === 'a file store') store.close();
        }
      }
    });
  }

  test('a store that throws at call n leaves what it left without units', async () => {
    for (let n = 1, done = false; !done; n++) {
      const left = [];
      for (const hasUnits of [true, false]) {
        const store = new MemoryStore();
        if (!hasUnits) store.begin = undefined;
        const cu = await Cu.create({ module, store });
        cu.compute(SET_UP);
        let calls = 0;
        for (const method of ['setAt', 'getAt', 'deleteAt', 'size', 'keysAt']) {
          const own = store[method];
          store[method] = (...parameters) => {
            calls++;
            if (calls === n) throw new Error('disk on fire');
            return own.apply(store, parameters);
          };
        }
        let outcome = 'done';
        try {
          cu.compute(CHANGES);
        } catch (error) {
          assert.ok(error instanceof HostError || error instanceof LuaError, String(error));
          outcome = `${error.name} ${error.message}`;
        }
        done = calls < n;
        for (const method of ['setAt', 'getAt', 'deleteAt', 'size', 'keysAt']) delete store[method];
        left.push([outcome, content(store)]);
        assert.equal(store.inUnit, false);
      }
      assert.deepEqual(left[0], left[1], `call ${n}`);
    }
  });

  test('a script that fails keeps its changes, an atomic one none, as before', async () => {
    const cu = await Cu.create({ module });
    assert.throws(() => cu.compute('_home.a = 1 error("x")'), LuaError);
    assert.throws(() => cu.compute('_home.b = 1 error("x")', { atomic: true }), LuaError);
    assert.deepEqual(cu.readHome(), { a: 1 });
  });

  test('an instance whose store did not keep the changes is over', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    const problem = new Error('disk on fire');
    store.commit = () => { throw problem; };
    const isProblem = (error) => error instanceof HostError && error.cause === problem;
    assert.throws(() => cu.compute('_home.a = 1'), isProblem);
    assert.throws(() => cu.compute('return 1'), isProblem);
  });

  test('a store that does not begin ends nothing', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    const problem = new Error('disk on fire');
    store.begin = () => { throw problem; };
    assert.throws(() => cu.compute('_home.a = 1'), (error) => error instanceof HostError && error.cause === problem);
    delete store.begin;
    assert.equal(cu.compute('return _home.a').value, null);
  });

  test('a store cannot call the instance from its units', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    for (const method of ['begin', 'commit']) {
      const states = [];
      store[method] = () => {
        try {
          cu.compute('return 1');
        } catch (error) {
          states.push(error instanceof StateError);
        }
        MemoryStore.prototype[method].call(store);
      };
      assert.equal(cu.compute('return 1').value, 1);
      assert.deepEqual(states, [true]);
      delete store[method];
    }
  });

  test('an instance that computes within the unit of another one gets a StateError', async () => {
    const store = new MemoryStore();
    const second = await Cu.create({ module, store });
    let found;
    const onEvent = () => {
      try {
        second.compute('return 1');
      } catch (error) {
        found = error;
      }
    };
    const first = await Cu.create({ module, store, config: { output: 0, events: ['output'] }, onEvent });
    first.compute('print(1)');
    assert.ok(found instanceof StateError, String(found));
    assert.equal(second.compute('return 2').value, 2);
  });
});
