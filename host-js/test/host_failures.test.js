/**
 * Whether the host or the script is at fault when a compute fails and the store has failed, too.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Cu, HostError, LuaError, MemoryStore } from '../index.js';
import { faulty } from './faulty.js';
import { withModule } from './module.js';

const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/host_failures.json', import.meta.url), 'utf8'));

const SET_UP = '_home.a = 1 local n = 0 function _home.count() n = n + 1 return n end';

function thrown(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

// Every error after a failure of the store was a HostError, also where the script had caught the failure and failed for
// another reason.
await withModule((module) => {
  for (const { name, fails, lua, error } of vectors) {
    test(`whose error: ${name}`, async () => {
      const problem = new Error('disk on fire');
      // A memory store lends what it is asked for.
      const failing = [...fails, ...fails.includes('get') ? ['lend'] : []];
      let isSetUp = false;
      const store = faulty(new MemoryStore(), (call) => (isSetUp && failing.includes(call) ? problem : undefined));
      const cu = await Cu.create({ module, store });
      cu.compute(SET_UP);
      isSetUp = true;
      const found = thrown(() => cu.compute(lua));
      const wanted = { host: HostError, lua: LuaError };
      assert.equal(found && found.constructor, error === null ? undefined : wanted[error], String(found));
      if (found) assert.equal(found.cause, error === 'host' ? problem : undefined);
    });
  }

  test('a failure in one compute does not count in the next one', async () => {
    const store = faulty(new MemoryStore(), (call) => (call === 'set' ? new Error('disk on fire') : undefined));
    const cu = await Cu.create({ module, store });
    const message = thrown(() => cu.compute('_home.x = 1')).message;
    const later = thrown(() => cu.compute(`error('${message.replaceAll("'", "\\'")}', 0)`));
    assert.equal(later.message, message);
    assert.ok(later instanceof LuaError);
  });

  test('the error of a handler is thrown, also when the script fails for another reason', async () => {
    const problem = new Error('no screen');
    const onEvent = () => { throw problem; };
    const store = faulty(new MemoryStore(), (call) => (call === 'set' ? new Error('disk on fire') : undefined));
    const cu = await Cu.create({ module, store, config: { output: 0, events: ['output'] }, onEvent });
    for (const code of ['print(1)', 'print(1) error("mine")', 'print(1) pcall(function() _home.x = 1 end) return 1']) {
      const error = thrown(() => cu.compute(code));
      assert.ok(error instanceof HostError, code);
      assert.equal(error.cause, problem, code);
    }
  });
});
