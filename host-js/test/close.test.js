/**
 * The end of an instance, and what can be reached of it before.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Cu as CoreCu } from '../core.js';
import { Cu, ExternalTable, MemoryStore, StateError, TrapError } from '../index.js';
import { withModule } from './module.js';
import { stubModule, UNREACHABLE } from './stub.js';

const isClosed = (error) => error instanceof StateError && error.message === 'this instance is closed';

const calls = {
  compute: (cu) => cu.compute('return 1'),
  computeRaw: (cu) => cu.computeRaw('return 1'),
  call: (cu) => cu.call('print'),
  begin: (cu) => cu.begin(),
  commit: (cu) => cu.commit(),
  rollBack: (cu) => cu.rollBack(),
  transaction: (cu) => cu.transaction(() => 1),
  runGc: (cu) => cu.runGc(),
  memoryStats: (cu) => cu.memoryStats(),
  homeTable: (cu) => cu.homeTable,
  'homeTable =': (cu) => { cu.homeTable = 7; },
  openHome: (cu) => cu.openHome('a'),
  homes: (cu) => cu.homes(),
  renameHome: (cu) => cu.renameHome('a', 'b'),
  dropHome: (cu) => cu.dropHome('a'),
  readHome: (cu) => cu.readHome(),
  className: (cu) => cu.className(new ExternalTable(1)),
  clearIo: (cu) => cu.clearIo(),
  reserveTables: (cu) => cu.reserveTables(9),
  setMemoryAlias: (cu) => cu.setMemoryAlias(true),
};

test('an instance that trapped can be closed', async () => {
  const cu = await Cu.create({ module: stubModule({ compute: UNREACHABLE }) });
  assert.throws(() => cu.compute(''), TrapError);
  cu.close();
  assert.throws(() => cu.compute(''), isClosed);
});

await withModule((module) => {
  test('every call after the end says that the instance is closed, and another end does nothing', async () => {
    const cu = await Cu.create({ module });
    cu.close();
    cu.close();
    for (const [name, call] of Object.entries(calls)) assert.throws(() => call(cu), isClosed, name);
  });

  test('the store goes on without the instance', async () => {
    const store = new MemoryStore();
    const [one, two] = [await Cu.create({ module, store }), await CoreCu.create({ module, store })];
    one.compute('_home.x = 1');
    one.close();
    assert.equal(two.compute('return _home.x').value, 1);
    two.close();
    assert.equal((await Cu.create({ module, store })).readHome().x, 1);
  });

  test('an open transaction is undone, and lets others go on', async () => {
    const store = new MemoryStore();
    const [one, two] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
    one.compute('_home.x = 1');
    one.begin();
    one.compute('_home.x = 2');
    assert.throws(() => two.compute('return _home.x'), StateError);
    one.close();
    assert.equal(two.compute('return _home.x').value, 1);
  });

  test('an instance does not end in its own call', async () => {
    let problem;
    const cu = await Cu.create({ module, onEvent: () => {
      try {
        cu.close();
      } catch (error) {
        problem = error;
      }
    }, config: { output: 1, events: ['output'] } });
    cu.compute('print("some text")');
    assert.equal(problem.message, 'a call of this instance is running');
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('`using` ends it', async () => {
    const name = Symbol.dispose || Symbol.for('Symbol.dispose');
    for (const Class of [Cu, CoreCu]) {
      const cu = await Class.create({ module });
      cu[name]();
      assert.throws(() => cu.compute(''), isClosed);
    }
  });

  test('of an instance only its store and its module can be seen', async () => {
    const cu = await Cu.create({ module });
    assert.deepEqual(Reflect.ownKeys(cu), ['store', 'module']);
    const methods = Reflect.ownKeys(Cu.prototype).concat(Reflect.ownKeys(CoreCu.prototype)).filter((name) => typeof name === 'string');
    assert.deepEqual([...new Set(methods)].sort(), [
      'begin', 'call', 'className', 'clearIo', 'close', 'commit', 'compute', 'computeRaw', 'constructor', 'dropHome', 'homeTable', 'homes', 'memoryStats',
      'openHome', 'prepare', 'read', 'readHome', 'renameHome', 'reserveTables', 'rollBack', 'run', 'runCall', 'runGc', 'setMemoryAlias',
      'transaction',
    ]);
    assert.throws(() => new Cu({}), /made by Cu.create/);
    assert.throws(() => cu.compute.call({}, 'return 1'), /no instance of cu/);
  });

  test('the core says which options it has', async () => {
    await assert.rejects(CoreCu.create({ module, rate: { computes: 1 } }), /no option of an instance is called rate; there are module, store/);
  });
});
