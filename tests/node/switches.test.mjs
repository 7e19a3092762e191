// Every library function can be switched off, alone and with all others, and is then off however a script calls it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const LIBRARIES = ['_G', 'bigint', 'coroutine', 'debug', 'ext', 'io', 'math', 'os', 'string', 'table', 'utf8'];

/** Makes every function available: under its own name, in a table of globals, and in the store. */
const COLLECTED = `
  require('bigint')
  all, _home.all = {}, {}
  for library, functions in pairs(package.loaded) do
    if type(functions) == 'table' then
      for name, f in pairs(functions) do
        if type(f) == 'function' then all[library == '_G' and name or library .. '.' .. name] = f end
      end
    end
  end
  for name, f in pairs(all) do _home.all[name] = f end`;

/** Calls of a function f that need only the language. */
const PLAIN = {
  directly: 'return f()',
  'in tail position of a function': 'local function g() return f() end g()',
  'as an iterator': 'for x in f do end',
  'as __index': 'return objects[name].key',
  'as __newindex': 'objects[name].key = 1',
  'as __call': 'return objects[name]()',
  'as __add': 'return objects[name] + 1',
  'as __unm': 'return -objects[name]',
  'as __concat': 'return objects[name] .. "x"',
  'as __eq': 'return objects[name] == objects.other',
  'as __lt': 'return objects[name] < objects[name]',
  'as __len': 'return #objects[name]',
  'as __close': 'local x <close> = objects[name]',
  'in a coroutine that was made before': 'return resumed(name)',
  'from the store': 'return _home.all[name]()',
  'by a stored function': 'return _home.call[name]()',
};

/** Calls through other library functions. */
const MEDIATED = {
  'by pcall': 'local _, message = pcall(f) error(message, 0)',
  'by pcall from the store': 'local _, message = pcall(_home.all[name]) error(message, 0)',
  'by coroutine.wrap': 'return coroutine.wrap(f)()',
  'by coroutine.resume': 'local _, message = coroutine.resume(coroutine.create(f)) error(message, 0)',
  'by string.gsub': 'return ("x"):gsub("x", f)',
  'by table.sort': 'table.sort({ 1, 2 }, f)',
  'by load': 'local _, message = load(f) error(message, 0)',
  'by tostring': 'return tostring(objects[name])',
  'by pairs': 'return pairs(objects[name])',
  'by table.concat': 'return table.concat(objects[name], "", 1, 2)',
  'by require': 'return require(name .. " module")',
};

const PREPARED = `
  objects, other = {}, nil
  local mt = {}
  for name, f in pairs(all) do
    objects[name] = setmetatable({}, {
      __index = f, __newindex = f, __call = f, __add = f, __unm = f, __concat = f, __eq = f, __lt = f, __len = f,
      __close = f, __tostring = f, __pairs = f })
    package.preload[name .. ' module'] = f
  end
  objects.other = {}
  local waiting = {}
  for name, f in pairs(all) do
    waiting[name] = coroutine.wrap(function() while true do coroutine.yield() f() end end)
    waiting[name]()
  end
  function resumed(name) return waiting[name]() end
  iterators = {
    ipairs = { (ipairs({})) },
    ['string.gmatch'] = { (('x'):gmatch('x')) },
    ['utf8.codes'] = { (utf8.codes('x')), (utf8.codes('x', true)) },
    ['coroutine.wrap'] = { coroutine.wrap(function() end) },
    pairs = {},
  }
  _home.call = {}
  for name, f in pairs(all) do _home.call[name] = function() local r = f() return r end end`;

async function prepared() {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute(COLLECTED);
  cu.compute(PREPARED);
  const names = cu.compute('local n = {} for name in pairs(all) do n[#n + 1] = name end table.sort(n) return n').value;
  return { cu, store, names };
}

const off = (names) => ({ permissions: { library: Object.fromEntries(names.map((name) => [name, false])) } });

/** The message of a compute that must fail. */
function failure(cu, code, config) {
  try {
    cu.compute(code, config);
  } catch (error) {
    assert.ok(error instanceof LuaError, `${code}: ${error}`);
    return error.message;
  }
  return 'nothing';
}

const call = (name, code) => `local name = ${JSON.stringify(name)} local f = all[name] ${code}`;

test('there are the functions that the libraries have', async () => {
  const { names } = await prepared();
  assert.ok(names.length > 120, `${names.length}`);
});

test('one by one, each is off in every way, and under all its names', async () => {
  const { cu, names } = await prepared();
  for (const name of names) {
    for (const [way, code] of Object.entries({ ...PLAIN, ...MEDIATED })) {
      // An error ends the coroutine, so each name needs a new one.
      if (way === 'in a coroutine that was made before') cu.compute(PREPARED);
      assert.match(failure(cu, call(name, code), off([name])), /may not be called: it is switched off/, `${name}, ${way}`);
    }
    const message = failure(cu, call(name, 'return f(nil, nil, nil)'), {});
    assert.doesNotMatch(message, /switched off/, `${name} stayed off`);
  }
});

test('all together, each is off in every way that is left, and named', async () => {
  const { cu, names } = await prepared();
  for (const list of [LIBRARIES, names]) {
    for (const [way, code] of Object.entries(PLAIN)) {
      cu.compute(PREPARED);
      for (const name of names) {
        const message = failure(cu, call(name, code), off(list));
        assert.match(message, /[\w.]+ may not be called: it is switched off/, `${name}, ${way}`);
      }
    }
  }
  assert.equal(cu.compute('local n = 0 for i = 1, 10 do n = n + i end return n', off(names)).value, 55);
});

test('all but one: that one can be called', async () => {
  const { cu, names } = await prepared();
  for (const name of names) {
    // A function that is off under one name is off under all its names.
    const alike = cu.compute(call(name, 'local n = {} for other, g in pairs(all) do if g == f then n[#n + 1] = other end end return n')).value;
    const library = Object.fromEntries([...LIBRARIES.map((whole) => [whole, false]), ...alike.map((other) => [other, true])]);
    const config = { permissions: { library } };
    assert.doesNotMatch(failure(cu, call(name, 'f()'), config), /may not be called/, name);
  }
});

test('what a function handed out is off with it', async () => {
  const { cu } = await prepared();
  const makers = cu.compute('local n = {} for name, list in pairs(iterators) do n[#n + 1] = { name, #list } end return n').value;
  assert.ok(makers.length >= 4);
  for (const [name, count] of makers) {
    for (let at = 1; at <= count; at += 1) {
      for (const code of ['f("x", 0)', 'for x in f, "x", 0 do end', 'assert(pcall(f, "x", 0))']) {
        const source = `local f = iterators[${JSON.stringify(name)}][${at}] ${code}`;
        assert.match(failure(cu, source, off([name])), new RegExp(`${name.replace('.', '\\.')} may not be called: it is switched off`), code);
        assert.doesNotMatch(failure(cu, source, off(['math'])), /switched off/);
      }
    }
  }
});

test('a restored function is off in another instance, too', async () => {
  const { store, names } = await prepared();
  const cu = await Cu.create({ module, store });
  for (const name of names) {
    for (const from of ['all', 'call']) {
      const message = failure(cu, `return _home.${from}[${JSON.stringify(name)}]()`, off([name]));
      assert.match(message, /may not be called: it is switched off/, `${name} from ${from}`);
    }
  }
});

test('no function of C is left that has no name to switch it off', async () => {
  const { cu } = await prepared();
  // Every function that a script can find, except the operators of strings, which belong to the language.
  cu.compute(`
    found = {}
    local seen, isString = {}, {}
    for key, f in pairs(getmetatable('')) do if key ~= '__index' then isString[f] = true end end
    local function look(value)
      if seen[value] or isString[value] or value == iterators or value == found then return end
      seen[value] = true
      if type(value) == 'function' and debug.getinfo(value, 'S').what == 'C' then found[#found + 1] = value end
      if type(value) ~= 'table' or value == _home or value == _io or value == all or value == objects then return end
      for key, inner in pairs(value) do
        if type(key) == 'table' or type(key) == 'function' then look(key) end
        if type(inner) == 'table' or type(inner) == 'function' then look(inner) end
      end
      local mt = getmetatable(value)
      if type(mt) == 'table' then look(mt) end
    end
    look(_G) look(getmetatable(''))
    local big = getmetatable(require('bigint').new(2) ^ 99)
    if type(big) == 'table' then look(big) end
    for _, list in pairs(iterators) do for _, f in ipairs(list) do look(f) end end`);
  const count = cu.compute('return #found').value;
  assert.ok(count > 120, `${count}`);
  for (let at = 1; at <= count; at += 1) {
    assert.match(failure(cu, `found[${at}]()`, off(LIBRARIES)), /switched off/, cu.compute(`return tostring(found[${at}])`).value);
  }
});
