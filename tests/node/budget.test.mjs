// The budget of a compute: no script gets around it or catches its error, and it counts the same in each run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { ATTACKS, BUDGET, attack } from './attacks.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** A script may take this many times the time of a plain loop with the same budget. */
const SLOWEST = 10;
const PLAIN = 'while true do end';

/** The least times of a script and a plain loop, in turns: more rounds while the ratio is large, since noise only adds time. */
async function times(code, instructions = BUDGET) {
  const least = [Infinity, Infinity];
  for (let round = 0; round < 3 || (round < 20 && least[0] >= SLOWEST * least[1]); round += 1) {
    for (const [index, script] of [code, PLAIN].entries()) {
      least[index] = Math.min(least[index], (await attack(module, script, instructions)).milliseconds);
    }
  }
  return least;
}

test('there are hundreds of scripts that run for ever', () => {
  assert.ok(ATTACKS.length >= 290, `${ATTACKS.length}`);
  assert.equal(new Set(ATTACKS.map(({ name }) => name)).size, ATTACKS.length);
});

for (const { name, code } of ATTACKS) {
  test(`stopped: ${name}`, async () => {
    const { cu, error, used } = await attack(module, code);
    assert.ok(error instanceof LuaError, `it ended: ${error}`);
    assert.equal(error.errorClass, 'budget', error.message);
    assert.match(error.message, /^([^\n]+:\d+: )?the budget of 2000000 instructions is used up/);
    // If memory is full, there is no room for the position, and functions in C have no line numbers.
    if (!name.startsWith('memory:') && name !== 'pcall of pcall') {
      assert.match(error.message, /^[^\n]+:\d+: the/);
      assert.match(error.traceback, /stack traceback/);
    }
    assert.ok(used > BUDGET && used <= 2 * BUDGET, `${used} instructions`);
    assert.equal(cu.compute('local n = 0 for i = 1, 1000 do n = n + i end return n').value, 500500);
    assert.equal((await attack(module, code)).used, used, 'the second time');
    const [own, plain] = await times(code);
    assert.ok(own < SLOWEST * plain, `${own} ms; a plain loop takes ${plain} ms`);
  });
}

/** Scripts that end, and whose work one run leaves for the next: strings, stack, buffers, compiled code, the collector. */
const ENDING = [
  'local t = {} for i = 1, 1000 do t[i] = ("%d"):format(i) end table.sort(t) return table.concat(t):find("999")',
  'for i = 1, 100 do local x = ("a"):rep(i) .. i end',
  'local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return f(3000)',
  'local f = load("return " .. ("1 + "):rep(50) .. "1") return f(), pcall(load, "x =")',
  'local s = 0 for k, v in pairs(string) do s = s + #k end return s',
  'return pcall(error, {}), pcall(function() local x = nil + 1 end)',
  'for i = 1, 50 do coroutine.wrap(function() coroutine.yield(i) end)() end',
  'local t = {} for i = 1, 200 do t[i] = function() return i end end return #t',
  'local b = require("bigint") return tostring(b.new(3) ^ 1000)',
  'return ("x"):rep(3000):gsub("x", "yy"), ("a,b,c"):rep(500):gmatch("[^,]+")()',
  'local t = setmetatable({}, { __index = function(t, k) return k end }) local s = 0 for i = 1, 100 do s = s + t[i] end return s',
  'return os.date("!%c", 0), string.format("%q %5.2f %s", "a\\n", 1 / 3, {} ~= nil)',
  'local t = {} for i = 1, 100 do t["a key that is longer than forty characters, number " .. i] = i end return #t',
  'local a, b = ("x"):rep(50000) .. "a", ("x"):rep(50000) .. "b" return a < b, a == b, a:find("a", 1, true)',
];

const BEFORE = [
  'junk = {} for i = 1, 5000 do junk[i] = { tostring(i) } end',
  'junk = nil collectgarbage()',
  'local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return pcall(f, 1e6), f(5000)',
  'for i = 1, 2000 do local s = ("%d %s"):format(i, i) end pcall(string.rep, "x", 1 << 24)',
  'collectgarbage("generational") for i = 1, 5000 do local t = { i } end collectgarbage("incremental")',
];

for (const code of ENDING) {
  test(`counts the same each time, whatever ran before: ${code}`, async () => {
    let used;
    const onEvent = (event) => {
      used = event.instructions;
    };
    const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
    cu.compute(code);
    const first = used;
    assert.ok(first > 500 && first < 1_000_000, `${first}`);
    for (const before of BEFORE) {
      cu.compute(before);
      cu.compute(code);
      assert.equal(used, first, before);
    }
    cu.runGc();
    cu.compute(code);
    assert.equal(used, first, 'after a collection by the host');
  });
}

test('a script ends with as much as it was said to use, and not with less', async () => {
  for (const code of [...ENDING, 'local s = ("x"):rep(1000) return #s', 'return (("x"):rep(5000):gsub("x", "y")):len()', '_home.s = ("x"):rep(9000) return #_home.s']) {
    const { used } = await attack(module, code, 100_000_000);
    assert.equal((await attack(module, code, used)).error, undefined, `${code}: ${used}`);
    assert.equal((await attack(module, code, used - 1)).error?.errorClass, 'budget', `${code}: ${used - 1}`);
  }
});

test('what is not read does not count', async () => {
  const counts = new Map();
  let used;
  const onEvent = (event) => {
    used = event.instructions;
  };
  for (const thousands of [1, 500]) {
    const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
    cu.compute(`s = ("x"):rep(1000):rep(${thousands}) .. "y" t = ("x"):rep(1000):rep(${thousands}) .. "z" u = "a" .. s:sub(2)`);
    for (const code of [
      'return s:byte(1), s:byte(900), s:byte(-1)', 'return s:sub(1, 1), s:sub(-3, -2)', 'return #s, s:len()', 'return s == u, s < u',
      'return s:find("x", 1, true), s:find("x"), s:match("^x")', 'return s:find("^y"), s:find("^[^x]")', 'return utf8.codepoint(s, 1), utf8.offset(s, 2)',
      'return select("#", s, t), type(s), rawequal(s, u)', 'return string.unpack("b", s), (s:gsub("x", "y", 0)):byte()', 'return s:gmatch("x")()',
      'return pcall(string.pack, "i17", s)', 'return tonumber(s, 10), tonumber(t, 16)',
    ]) {
      cu.compute(`local function f() ${code} end f()`);
      if (thousands === 1) counts.set(code, used);
      else assert.equal(used, counts.get(code), code);
    }
  }
});

test('what the budget does not cover is not begun', async () => {
  const [setup, budget] = ['s = ("x"):rep(1000):rep(400) t = {} for i = 1, 30000 do t[i] = i end', 1_000];
  const cu = await Cu.create({ module });
  cu.compute(setup);
  const least = (code) => {
    let best = Infinity;
    for (let round = 0; round < 200; round += 1) {
      const start = performance.now();
      assert.throws(() => cu.compute(code, { instructions: budget }), /used up/, code);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  const plain = least(PLAIN);
  for (const code of [
    'return ("x"):rep(800000)', 'return s .. s', 's:upper()', 's:reverse()', 'return { table.unpack(t) }', 'table.concat(t)',
    'collectgarbage()', 'table.sort(t)', 's:gsub("x", "y")', 's:find("[y]")', 'string.pack("c1800000", "")', 'utf8.len(s)',
    'tonumber(s)', 'for _ = 1, 1 do local x = s:sub(2) end', 'require("bigint").new(s, 36)', '_home.t = t', 'load(s)',
  ]) {
    const own = least(code);
    assert.ok(own < SLOWEST * plain, `${code}: ${own} ms; a plain loop takes ${plain} ms`);
  }
});

test('the end of a compute is bounded, too', async () => {
  const budget = 20_000;
  const cu = await Cu.create({ module });
  cu.compute(`t = {} for i = 1, 20000 do t[i] = i end
    shared = { 1 } for i = 1, 6 do local u = {} for j = 1, 300 do u[j] = shared end shared = u end
    s = ("x"):rep(1000):rep(300) setters = {}
    for i = 1, 200 do local v = 1 setters[i] = function(x) v = x end end
    _home.setters = setters`);
  const least = (code) => {
    let best = Infinity;
    for (let round = 0; round < 40; round += 1) {
      const start = performance.now();
      try {
        cu.compute(code, { instructions: budget });
      } catch (error) {
        assert.ok(error instanceof LuaError, `${error}`);
      }
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  const plain = least(PLAIN);
  for (const code of [
    'return shared', '_io.output = shared', 'error(shared)', 'return t', '_io.output = t', 'error(t)',
    'for i = 1, 100 do setters[i](s) end', 'setters[1](t)', 'setters[2](shared)',
  ]) {
    const own = least(code);
    assert.ok(own < SLOWEST * plain, `${code}: ${own} ms; a plain loop takes ${plain} ms`);
  }
});

test('what was written stays, and captured variables are written back', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store, config: { instructions: 100_000 } });
  cu.compute('local n = 0 _home.count = function() n = n + 1 return n end');
  assert.throws(() => cu.compute('_home.before = 1 _home.count() _home.count() while true do end'), /used up/);
  assert.deepEqual(cu.compute('return _home.before, _home.count()').values, [1, 3]);
  const later = await Cu.create({ module, store });
  assert.equal(later.compute('return _home.count()').value, 4);
});

test('where a run ends that has filled the stack is told, too', async () => {
  // The traceback of a deep stack needs work beyond the budget, and how much is allowed depends on the budget.
  const code = 'for i = 1, 1e6 do local a = i end local function f(n) setmetatable({}, {}) return 1 + f(n) end return (pcall(f))';
  const { used } = await attack(module, code, 100_000_000);
  for (let instructions = used - 1; instructions > used - 1500; instructions -= 10) {
    const { error } = await attack(module, code, instructions);
    assert.match(error.message, /^compute:1: the budget/, `${used - instructions} before the end`);
    assert.match(error.traceback, /stack traceback/, `${used - instructions} before the end`);
  }
});

// The traceback took a result on the stack for the function that had returned it. A fuzz target found this.
test('where the budget ends behind a function in C no result is taken for it', async () => {
  const cu = await Cu.create({ module });
  cu.compute('t = {} for i = 1, 1000 do t["k" .. i] = i end t[string.rep] = 1 for i = 1, 1000 do t["k" .. i] = nil end');
  const tracebacks = [];
  for (let instructions = 10; instructions < 3000; instructions += 10) {
    try {
      cu.compute('for f in next, t do end', { instructions });
    } catch (error) {
      tracebacks.push(error.traceback);
    }
  }
  assert.ok(tracebacks.length > 20);
  for (const traceback of tracebacks) assert.doesNotMatch(traceback, /string\.rep/);
});

for (const mode of ['incremental', 'generational']) {
  test(`a collection that ends its search for keys with the budget keeps what is reachable (${mode})`, async () => {
    const budget = 300_000;
    let used;
    const onEvent = (event) => {
      used = event.instructions;
    };
    const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
    cu.compute(`collectgarbage("${mode}")
      weak, first = setmetatable({}, { __mode = "k" }), {}
      local k = first
      for i = 1, 6000 do local n = { k } weak[k] = n k = n end
      -- Another table of the kind, which only the search finds.
      k.deep = setmetatable({ [k] = { [first] = "found" } }, { __mode = "k" })`);
    for (let round = 0; round < 3; round += 1) {
      assert.throws(() => cu.compute('collectgarbage() reached = true', { instructions: budget }), /used up/);
      assert.ok(used > budget && used < 1.5 * budget, `${used} instructions`);
    }
    const walk = 'local n, k = 0, first while weak[k] do n, k = n + 1, weak[k] end return reached, n, k.deep[k][first]';
    assert.deepEqual(cu.compute(walk).values, [null, 6000, 'found']);
    assert.equal(cu.compute('first = nil collectgarbage() return next(weak)').value, null);
  });
}

test('finalizers that fill the memory when they fail leave room for the next compute', async () => {
  const cu = await Cu.create({ module });
  assert.throws(() => cu.compute(`local b = setmetatable({}, { __name = ("x"):rep(30):rep(1000) })
    while true do pcall(setmetatable, {}, { __gc = b, __mode = b, __index = b }) end`, { instructions: 1_000_000 }), /used up/);
  for (let round = 0; round < 4; round += 1) {
    assert.equal(cu.compute('local n = 0 for i = 1, 1000 do n = n + i end return n', { instructions: 10_000 }).value, 500_500);
    cu.runGc();
  }
});

test('a finalizer is stopped in a collection by the host, too', async () => {
  const cu = await Cu.create({ module, config: { instructions: 100_000 } });
  cu.compute('setmetatable({}, { __gc = function() while true do end end }) setmetatable({}, { __gc = function() met = true end })');
  cu.runGc();
  cu.runGc();
  assert.equal(cu.compute('return met').value, true);
});

test('a budget too small for anything still answers, and the smallest that suffices suffices', async () => {
  const code = 'local n = 0 for i = 1, 10 do n = n + i end return n, #_home, ("x"):rep(3)';
  let enough;
  for (let instructions = 1; enough === undefined; instructions += instructions < 300 ? 1 : 50) {
    const { cu, error, used } = await attack(module, code, instructions);
    if (error === undefined) enough = used;
    else assert.match(error.message, /the budget of \d+ instructions is used up/, `${instructions}`);
    cu.runGc();
  }
  assert.equal((await attack(module, code, enough)).error, undefined);
  assert.notEqual((await attack(module, code, enough - 1)).error, undefined);
});

test('a stopped coroutine is dead, and what it had to close is closed by who asks', async () => {
  const cu = await Cu.create({ module, config: { instructions: 100_000 } });
  assert.throws(() => cu.compute(`
    co = coroutine.create(function()
      local x <close> = setmetatable({}, { __close = function() closed = true end })
      while true do end
    end)
    coroutine.resume(co)`), /used up/);
  assert.deepEqual(cu.compute('return coroutine.status(co), closed, coroutine.close(co), closed').values.slice(0, 2), ['dead', null]);
});
