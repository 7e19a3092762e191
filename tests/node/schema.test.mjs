// Schemas: what they refuse, in which words, and that what is in a table always holds its schema, whatever scripts do.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { breakEachCall } from './broken_hosts.mjs';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);

const START = `_home.cities = { London = true, Oslo = true }
  _home.u = { ada = { name = 'Ada', age = 36, address = { city = 'London' } } }
  assert(ext.schema(_home.u, { type = 'table', unknown = false, fields = {
    name = { type = 'string', required = true, minLength = 2, maxLength = 20, pattern = '^%u%l+$' },
    age = { type = 'integer', min = 0, max = 150 },
    role = { enum = { 'reader', 'writer' }, default = 'reader' },
    address = { fields = { city = { type = 'string', ref = _home.cities } }, unknown = false },
    tags = { type = 'array', items = 'string', maxLength = 3 } } }))
  u = _home.u`;

const REFUSED = {
  "u.bob = { age = 3 }": "'bob'.'name': it is missing",
  "u.bob = { name = 'Bob', age = '3' }": "'bob'.'age': a string is no integer",
  "u.ada.age = -1": "'ada'.'age': -1 is less than 0",
  "u.ada.age = 151": "'ada'.'age': 151 is more than 150",
  "u.ada.age = 2.5": "'ada'.'age': a float is no integer",
  "u.ada.name = 'A'": "'ada'.'name': a length of 1 is less than 2",
  "u.ada.name = 'ada'": "'ada'.'name': 'ada' does not match its pattern",
  'u.ada.name = nil': "'ada'.'name': it is missing",
  'u.ada.nick = 1': "'ada'.'nick': there is no such field",
  "u.ada.role = 'owner'": "'ada'.'role': it is none of the values that are allowed",
  "u.ada.address.city = 'Rome'": "'ada'.'address'.'city': it refers to nothing",
  "u.ada.address = { city = 'Rome' }": "'ada'.'address'.'city': it refers to nothing",
  'u.ada.address.zip = 1': "'ada'.'address'.'zip': there is no such field",
  "u.ada.tags = { 'a', 2 }": "'ada'.'tags'.2: an integer is no string",
  "u.ada.tags = { 'a', 'b', 'c', 'd' }": "'ada'.'tags': a length of 4 is more than 3",
  "u.ada.tags = { x = 'a' }": "'ada'.'tags'.'x': an array has elements 1 to its length only",
  "u.ada.tags = { 'a' } u.ada.tags[3] = 'c'": "'ada'.'tags'.3: an array has elements 1 to its length, which would be 2",
  "u.ada.tags = { 'a', 'b' } u.ada.tags[1] = nil": "'ada'.'tags'.1: an array has elements 1 to its length, which would be 1",
  'u.x = 5': "'x': an integer is no table",
  'local a = u.ada.address u.ada.address = nil u.ada.address = a a.city = 1': "'ada'.'address'.'city': an integer is no string",
};

async function begin(options) {
  const cu = await Cu.create({ module, ...options });
  cu.compute(START);
  return cu;
}

test('a schema refuses what it does not allow, and names the path', async () => {
  for (const [code, message] of Object.entries(REFUSED)) {
    const audits = [];
    const cu = await begin({ config: { events: ['audit'] }, onEvent: (event) => audits.push(event) });
    assert.throws(() => cu.compute(code), (error) => error.message.endsWith(`the schema refuses ${message}`), code);
    assert.equal(audits.filter(({ action }) => action === 'schema_violated').length, 1, code);
  }
});

test('what has a default and is missing gets it, also for an index', async () => {
  const cu = await begin();
  cu.compute("ext.index(u, 'role') u.bob = { name = 'Bob' }");
  assert.deepEqual(cu.compute('return u.bob.role, ext.check(u)').values, ['reader', true, []]);
});

test('a schema is attached to rows that hold it only, and the others are reported', async () => {
  const cu = await Cu.create({ module });
  cu.compute("_home.t = { 1, 'two', 3, false }");
  const [ok, report] = cu.compute("return ext.schema(_home.t, 'integer')").values;
  assert.equal(ok, false);
  assert.deepEqual(report, ['the schema refuses 2: a string is no integer', 'the schema refuses 4: a boolean is no integer']);
  assert.deepEqual(cu.compute('return ext.schema(_home.t)').values, [null]);
  assert.deepEqual(cu.compute("_home.t[2], _home.t[4] = 2, 4 return ext.schema(_home.t, 'integer'), ext.schema(_home.t)").values, [true, 'integer']);
  assert.throws(() => cu.compute("_home.t[5] = 'x'"), /refuses 5: a string is no integer/);
  assert.deepEqual(cu.compute("ext.schema(_home.t, false) _home.t[5] = 'x' return _home.t[5], ext.schema(_home.t)").values, ['x', null]);
});

test('what is no schema is refused', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_home.t = {}');
  for (const [spec, message] of Object.entries({
    "{ type = 'strin' }": "type: unknown type 'strin'",
    '{ foo = 1 }': 'foo: unknown option',
    "{ fields = { a = { min = 'x' } } }": 'fields.a.min: number expected, got a string',
    "{ pattern = '%' }": "pattern: malformed pattern: ends with '%'",
    '{ items = { items = 5 } }': 'items.items: type or table of options expected, got an integer',
    5: 'type or table of options expected, got an integer',
    '{ enum = 5 }': 'enum: table expected, got an integer',
    '{ ref = {} }': 'ref: external table expected, got a table',
    '{ default = {} }': 'default: string, number or boolean expected, got a table',
    '{ minLength = -1 }': 'minLength: length expected, got an integer',
    'function() end': ' is a function, which cannot be a result',
  })) {
    assert.throws(() => cu.compute(`ext.schema(_home.t, ${spec})`), (error) => error.message.endsWith(`bad argument #2 to 'schema' (${message})`), spec);
  }
});

test('patterns of schemas are those of string.find', async () => {
  const cu = await Cu.create({ module });
  const found = cu.compute(`
    math.randomseed(${FIRST})
    local items = { 'a', 'b', '.', '%a', '%d', '%W', '[ab]', '[^a]', '[a-c%d]', '[]]', '[^]a]', '(', ')', '%1', '%b()', '%f[b]', '*', '+', '-', '?', '^', '$', '%', '%%', '[', '[%a-]' }
    local texts, t = { 'a', 'b', 'c', '1', '(', ')', ' ', ']', '%', '-' }, ext.table()
    local accepted = 0
    for round = 1, 30000 do
      local pattern, text = '', ''
      for _ = 1, math.random(0, 7) do pattern = pattern .. items[math.random(#items)] end
      for _ = 1, math.random(0, 8) do text = text .. texts[math.random(#texts)] end
      local ok, found = pcall(string.find, text, pattern)
      local taken, why = pcall(ext.schema, t, { pattern = pattern })
      if taken then
        accepted = accepted + 1
        local held = pcall(rawset, t, 1, text)
        if ok and held ~= (found ~= nil) then return pattern, text, held end
        t[1] = nil
        ext.schema(t, false)
      elseif ok and found then return pattern, text, why end
    end
    return accepted > 5000`).values;
  assert.deepEqual(found, [true], `CU_SEED=${FIRST}`);
});

test('a host that fails at any call while a schema is attached leaves the instance with what the store has', () => {
  const ATTACH = "return ext.schema(_home.u, { fields = { name = 'string', address = { fields = { city = 'string' } } } })";
  const HAS = "return ext.schema(_home.u) ~= nil, pcall(function() _home.u.eve = { name = 7 } _home.u.eve = nil end)";
  let failed = 0;
  const begin = () => {
    const store = new NaiveStore(module);
    assert.equal(store.run("_home.u = {} for _, name in ipairs { 'ada', 'bob' } do _home.u[name] = { name = name, address = { city = 'Oslo' } } end").error, undefined);
    return store;
  };
  const attach = (store) => {
    const answer = store.run(ATTACH);
    if (answer.error !== undefined) failed += 1;
    return answer;
  };
  const known = new Map();
  breakEachCall(begin, attach, (store, context) => {
    const [has, takes] = store.run(HAS).values;
    assert.equal(takes, !has, context);
    if (known.has(store)) assert.equal(has, known.get(store), context);
    known.set(store, has);
  });
  assert.ok(failed > 20, `${failed} failed`);
});

test('whatever is done, the rows hold the schema', async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const random = randomBelow(seed);
    const pick = (list) => list[random(list.length)];
    const store = new MemoryStore();
    let cu = await begin({ store });
    const value = () => pick(['nil', '1', '-1', '200', '2.5', "'Ada'", "'x'", "'Oslo'", 'true', '{}', "{ 'a' }", "{ city = 'Oslo' }", "{ city = 'Rome' }", "{ name = 'Bob' }", "{ name = 'Eve', tags = { 'a', 'b' } }", 'aside', 'u.ada', 'u.ada and u.ada.tags']);
    const row = () => pick(['u.ada', 'u.bob', 'u[1]', 'aside']);
    const change = () => pick([
      () => `u[${pick(["'ada'", "'bob'", '1'])}] = ${value()}`,
      () => `${row()}.${pick(['name', 'age', 'role', 'address', 'tags', 'nick'])} = ${value()}`,
      () => `${row()}.address.${pick(['city', 'zip'])} = ${value()}`,
      () => `${row()}.tags[${1 + random(4)}] = ${value()}`,
      () => `table.insert(${row()}.tags, ${pick(['1, ', ''])}'t')`,
      () => `table.remove(${row()}.tags${pick([', 1', ''])})`,
      () => `aside = ${row()}`,
      () => `ext.drop(${row()}${pick(['', '.address', '.tags'])})`,
    ])();
    for (let step = 0; step < 60; step += 1) {
      const code = change();
      const context = `CU_SEED=${seed} CU_ROUNDS=1, step ${step}: ${code}`;
      const checked = cu.compute(`pcall(function() ${code} end)
        local schema = ext.schema(u)
        local copy = {}
        -- Another table's schema: attaching it looks at every row.
        for key, row in pairs(u) do copy[key] = row end
        _home.copy = copy
        local ok, report = ext.schema(_home.copy, schema)
        local links, wrong = ext.check(u)
        return ok, report or {}, links, wrong`).values;
      assert.deepEqual(checked, [true, [], true, []], context);
      if (random(10) === 0) {
        cu = await Cu.create({ module, store });
        cu.compute('u = _home.u');
      }
    }
  }
});
