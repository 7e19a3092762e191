/**
 * Functions that are made from source or bytecode, called, and checked.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { AdvancedStorageManager, CuWASM, MemoryStorage } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

test('a function is made from an expression, a definition or a chunk, and called', async () => {
  const lua = await start();
  const forms = ['\n function(x, y) return x * y + 1 end\n', 'function named(x, y) return x * y + 1 end', 'local function named(x, y) return x * y + 1 end',
    'function some.deep.name(x, y) return x * y + 1 end', 'local one = 1 return function(x, y) return x * y + one end'];
  for (const [at, code] of forms.entries()) {
    assert.equal(await lua.persistFunction('Memory', `f${at}`, code), true);
    const restored = await lua.restoreFunction('_home', `f${at}`);
    assert.equal(await restored(3, 4), 13);
    assert.equal(await lua.compute(`return _home.f${at}(1, 1)`), 2);
    assert.equal(await lua.validateFunction(code), true, code);
  }
  assert.equal(await lua.compute('return named'), null);
});

test('functions of tables by name and id last over a reload, with their metadata', async () => {
  const storage = new MemoryStorage();
  const lua = await CuWASM.init({ storage });
  const manager = new AdvancedStorageManager(lua);
  await lua.persistFunction('tools.maths', 'double', 'function(x) return x * 2 end');
  const id = lua.getTableId('_home.tools.maths');
  await manager.persistFunction(id, 'half', 'function(x) return x / 2 end', { author: 'Ada', at: new Date(5) });
  await lua.saveState();
  const later = await CuWASM.init({ storage });
  later.runGc();
  const half = await new AdvancedStorageManager(later).restoreFunction(id, 'half');
  assert.deepEqual([await half(5), half.metadata], [2.5, { author: 'Ada', at: 5 }]);
  assert.equal(await (await later.restoreFunction('tools.maths', 'double'))(4), 8);
  assert.deepEqual(await later.compute('return _home.functions'), null);
  await later.persistFunction(id, 'half', 'function(x) return 0 end');
  assert.equal((await later.restoreFunction(id, 'half')).metadata, null);
});

test('arguments and results of a restored function are values as elsewhere', async () => {
  const lua = await start();
  await lua.persistFunction('_home', 'f', 'function(...) local a, b = ... print("called") return a, b, select("#", ...) end');
  const f = await lua.restoreFunction('_home', 'f');
  const answer = f(new Set([1]), null, undefined);
  assert.deepEqual([answer.values, answer.output], [[[1], null, 3], 'called\n']);
  await lua.persistFunction('_home', 'fails', 'function() error("no") end');
  await assert.rejects((await lua.restoreFunction('_home', 'fails'))(), /no/);
  assert.match(lua.getLastError(), /no/);
  assert.throws(() => f(() => 1), /argument 1/);
});

test('bytecode is verified before it is stored', async () => {
  const lua = await start();
  const bytes = await lua.compute('return string.dump(function(x) return x + 1 end)');
  const code = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  assert.equal(await lua.validateFunction(code), true);
  await new AdvancedStorageManager(lua).persistFunction('_home', 'next', code);
  assert.equal(await lua.compute('return _home.next(1)'), 2);
  let refused = 0;
  for (let at = 0; at < code.length; at++) {
    const changed = code.slice();
    changed[at] ^= 0xff;
    if (!(await lua.validateFunction(changed))) {
      refused++;
      assert.notEqual(lua.getLastError(), null);
      await assert.rejects(lua.persistFunction('_home', 'bad', changed));
    }
  }
  assert.ok(refused > code.length / 2);
  assert.equal(await lua.validateFunction(code.slice(0, 20)), false);
  assert.equal(await lua.validateFunction(new Uint8Array(0)), false);
  await assert.rejects(lua.compute('return load(string.dump(function() end), "", "b")()'), 'only there it is allowed');
});

test('what is no function is refused, and nothing of it becomes other code', async () => {
  const lua = await start();
  const wrong = [['5 + 5', /gives a number value/], ['return nil', /gives a nil value/], ['function(', /expected|unexpected|<eof>/], ['', /nil value/],
    ["'] end os.exit() --", /unfinished string|expected/], [']] error("out")', /unexpected symbol/]];
  for (const [code, message] of wrong) await assert.rejects(lua.persistFunction('_home', 'x', code), message, code);
  assert.equal(await lua.compute('return _home.x'), null);
  assert.equal(await lua.validateFunction('function( end'), false);
  assert.match(lua.getLastError(), /expected|unexpected/);
  await lua.persistFunction('_home', "odd'] name", 'function() return 1 end');
  assert.equal(await (await lua.restoreFunction('_home', "odd'] name"))(), 1);
});

test('functions of more than 100 KB of bytecode are refused', async () => {
  const lua = await start();
  const code = `function() local t = {} ${Array.from({ length: 9000 }, (_, at) => `t[${at}] = ${at + 0.5}`).join(' ')} return t end`;
  assert.equal(await lua.validateFunction(code), false);
  assert.match(lua.getLastError(), /102400/);
  await assert.rejects(lua.persistFunction('_home', 'large', code), /100 KiB|102400/);
});

test('wrong arguments are refused by name', async () => {
  const lua = await start();
  for (const wrong of [null, undefined, 5, {}]) {
    await assert.rejects(lua.persistFunction('_home', 'f', wrong), TypeError);
    await assert.rejects(lua.validateFunction(wrong), TypeError);
    await assert.rejects(lua.persistFunction('_home', wrong, 'function() end'), /name of a function/);
    await assert.rejects(lua.restoreFunction('_home', wrong), /name of a function/);
  }
  for (const wrong of [null, undefined, {}, true, '']) await assert.rejects(lua.persistFunction(wrong, 'f', 'function() end'), /table/);
  await assert.rejects(lua.persistFunction('_home', 'f', 'function() end', { metadata: 5 }), /metadata/);
  await assert.rejects(lua.persistFunction('_home', 'f', 'function() end', { strip: 5 }), /strip/);
  await assert.rejects(lua.persistFunction('_home', 'f', 'function() end', { meta: {} }), /meta/);
  await lua.compute('_home.n = 1');
  await assert.rejects(lua.restoreFunction('_home', 'n'), /number value/);
  await assert.rejects(lua.restoreFunction('_home', 'nobody'), /no function/);
  await assert.rejects(lua.restoreFunction('nobody', 'f'), /no table _home\.nobody/);
  await assert.rejects(lua.persistFunction('n', 'f', 'function() end'), /_home\.n is no table/);
});

test('what a caller has in _io stays', async () => {
  const lua = await start();
  lua.setInput({ mine: 1 });
  lua.compute('_io.output = 2');
  await lua.persistFunction('_home', 'f', 'function() return _io.input.mine end');
  await lua.validateFunction('][');
  assert.deepEqual([lua.getOutput(), await lua.compute('return _home.f()')], [2, 1]);
});

test('scripts call functions of the host, also after a state was loaded', async () => {
  const lua = await start({ functions: { shop: { price: (name) => (name === 'apple' ? 3 : 4) } }, storage: new MemoryStorage() });
  await lua.compute('local price = host.shop.price function _home.twice(name) return price(name) * 2 end');
  await lua.saveState();
  await lua.loadState();
  assert.equal(await lua.compute('return _home.twice("apple")'), 6);
  const twice = await lua.restoreFunction('_home', 'twice');
  assert.equal(await twice('pear'), 8);
  await assert.rejects(start({ functions: 'none' }), /functions/);
});
