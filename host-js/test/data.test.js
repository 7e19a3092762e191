/**
 * Tables as data, through the module: what data.js calls, and what it makes of the answers.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Data } from '../data.js';
import { Cu, CuFloat, ExternalTable, LuaError, Way } from '../index.js';

const SCRIPT = `
  _home.users = {}
  for i, name in ipairs { 'Ada', 'Bob', 'Eve' } do
    _home.users[name:lower()] = { name = name, age = 20 + i, address = { city = i == 2 and 'Oslo' or 'Bergen' }, tags = { 'a', 'b' } }
  end`;

async function start(options) {
  const cu = await Cu.create();
  cu.compute(SCRIPT);
  return { cu, data: new Data(cu, options) };
}

test('indexes are made, listed, checked and dropped', async () => {
  const { cu, data } = await start();
  const name = data.createIndex('_home.users', 'address.city');
  assert.equal(name, 'address.city');
  assert.equal(data.createIndex(cu.compute('return _home.users').value, ['name', 'age'], { name: 'both', unique: true }), 'both');
  const [city, both] = data.indexes('_home.users').sort((left, right) => (left.name < right.name ? -1 : 1));
  assert.deepEqual([city.name, city.kind, city.unique, city.entries], ['address.city', 'btree', false, 3]);
  assert.deepEqual([both.paths, both.unique], [['name', 'age'], true]);
  assert.deepEqual(data.check('_home.users'), { ok: true, problems: [] });
  assert.throws(() => data.batch([['set', '_home.users', 'x', { name: 'Ada', age: 21 }]]), LuaError);
  assert.equal(data.dropIndex('_home.users', 'both'), true);
  assert.equal(data.dropIndex('_home.users', 'both'), false);
  assert.equal(data.indexes('_home.users').length, 1);
  assert.throws(() => data.createIndex('_home.users', '..'), LuaError);
  assert.throws(() => data.createIndex('_home.nobody', 'a'), /leads to nothing/);
  assert.throws(() => data.indexes(7), TypeError);
});

test('a schema is attached when it holds, told, and taken away', async () => {
  const { data } = await start();
  assert.equal(data.schema('_home.users'), undefined);
  const wrong = data.setSchema('_home.users', { fields: { age: { type: 'string' } } });
  assert.equal(wrong.ok, false);
  assert.equal(wrong.problems.length, 3);
  assert.match(wrong.problems[0], /age/);
  assert.deepEqual(data.setSchema('_home.users', { fields: { age: { type: 'integer' } } }), { ok: true, problems: [] });
  assert.deepEqual(data.schema('_home.users'), { fields: { age: { type: 'integer' } } });
  assert.throws(() => data.batch([['set', '_home.users.ada', 'age', 'old']]), /age/);
  const [refused] = data.batch([['set', '_home.users.ada', 'age', 'old']], { atomic: false });
  assert.equal(refused.ok, false);
  assert.equal(data.setSchema('_home.users', false).ok, true);
  assert.deepEqual(data.batch([['set', '_home.users.ada', 'age', 'old']]), [true]);
});

test('a batch answers in the order of its operations', async () => {
  const { cu, data } = await start();
  const users = cu.compute('return _home.users').value;
  assert.ok(users instanceof ExternalTable);
  const results = data.batch([
    ['set', users, 'zoe', { name: 'Zoe' }],
    { op: 'get', table: '_home.users', key: 'zoe' },
    ['get', users, 'nobody'],
    { op: 'delete', table: users, key: 'ada' },
    ['set', users, new CuFloat(2.5), new Uint8Array([255])],
    { op: 'set', table: '_home.users.zoe', key: 1n, value: 2n ** 64n },
    ['get', '_home.users.zoe', 1],
  ]);
  // A table that a `get` found is sent as it is at the end.
  assert.deepEqual(results, [true, new Map([['name', 'Zoe'], [1, 2n ** 64n]]), null, true, true, true, 2n ** 64n]);
  assert.deepEqual(data.batch([]), []);
  assert.deepEqual(data.batch([['get', users, 'nobody'], ['get', users, 'nothing']]), [null, null]);
});

test('a batch does all or nothing, or each operation for itself', async () => {
  const { data } = await start();
  const operations = [['set', '_home.users', 'x', 1], ['set', '_home.users.x', 'y', 2], ['get', '_home.users', 'x']];
  assert.throws(() => data.batch(operations), /^LuaError: operation 2: the way '_home\.users\.x' leads to a number value/);
  assert.deepEqual(data.batch([operations[2]]), [null]);
  const [first, second, third] = data.batch(operations, { atomic: false });
  assert.deepEqual([first, third], [{ ok: true }, { ok: true, value: 1 }]);
  assert.deepEqual([second.ok, second.index, second.key], [false, 1, 'y']);
  assert.match(second.error, /leads to a number value/);
});

test('what is no operation is refused before anything is done', async () => {
  const { data } = await start();
  const good = ['set', '_home.users', 'x', 1];
  for (const [wrong, message] of [[['sit', '_home.users', 1], /operation 2: unknown operation 'sit'/], [{}, /unknown operation 'undefined'/],
    [['toString', '_home.users', 1], /unknown operation/], [['get', '_home.users'], /operation 2: there is no key/], [['get', 7, 1], /operation 2: a table is named/],
    [['set', '_home.users', 1, null], /operation 2: 'set' without a value/], [['get', undefined, 1], /a table is named/], [undefined, /unknown operation/],
    [['get', '_home.users', { id: 1 }], /operation 2: an object is no key/], [['get', '_home.users', [1]], /an array is no key/],
    [['get', '_home.users', NaN], /NaN is no key/], [['get', '_home.users', new CuFloat(NaN)], /NaN is no key/], [['get', '_home.users', 2n ** 64n], /a bigint is no key/],
    [['get', '_home.users', new Date(0)], /an object is no key/], [['get', '_home.users', () => 1], /a function is no key/]]) {
    assert.throws(() => data.batch([good, wrong]), (error) => error instanceof TypeError && message.test(error.message), String(message));
    assert.throws(() => data.batch([good, wrong], { atomic: false }), message);
  }
  assert.throws(() => data.batch(new Array(10001).fill(good)), /more than 10000 operations/);
  assert.throws(() => data.batch([good], { atomik: true }), /unknown option 'atomik'/);
  assert.deepEqual(data.batch([['get', '_home.users', 'x']]), [null]);
});

test('operations are counted from 0 in an index, and from 1 in every message', async () => {
  const { data } = await start();
  const operations = [['get', '_home.users', 1], ['get', '_home.users', 2], ['set', '_home.nobody', 1, 1]];
  assert.throws(() => data.batch(operations), /^LuaError: operation 3: /);
  assert.throws(() => data.batch([...operations.slice(0, 2), ['get', '_home.users']]), /^TypeError: operation 3: /);
  assert.equal(data.batch(operations, { atomic: false })[2].index, 2);
});

test('many large operations, each for itself, take as many calls as they need', async () => {
  const { cu, data } = await start();
  cu.compute('_home.other = {}');
  const sets = Array.from({ length: 12000 }, (_, index) => ['set', index % 3 === 0 ? '_home.other' : new Way('_home.users'), index, { text: 'x'.repeat(500) }]);
  sets[5000] = ['set', '_home.nobody', 'k', 1];
  sets[7000] = ['set', '_home.users', 7000, 'x'.repeat(300_000)];
  const results = data.batch(sets, { atomic: false });
  assert.equal(results.length, 12000);
  assert.deepEqual(results.filter(({ ok }) => !ok).map(({ index, key }) => [index, key]), [[5000, 'k']]);
  assert.equal(data.count('_home.other') + data.count('_home.users'), 12000 - 1 + 3);
  const gets = data.batch(sets.map(([, table, key]) => ['get', table, key]).filter((_, index) => index !== 7000), { atomic: false });
  assert.deepEqual([gets.length, gets[0].value.text.length, gets[11998].value.text.length], [11999, 500, 500]);
});

test('a batch of all or nothing that is too large says what to do', async () => {
  const { cu, data } = await start();
  const sets = Array.from({ length: 2000 }, (_, index) => ['set', '_home.users', index, { text: 'x'.repeat(1500) }]);
  assert.throws(() => data.batch(sets), (error) => error.errorClass === 'memory' && /send fewer operations at once.*cu\.transaction/.test(error.message));
  assert.equal(data.count('_home.users'), 3);
  cu.transaction(() => {
    for (let first = 0; first < sets.length; first += 100) data.batch(sets.slice(first, first + 100));
  });
  assert.equal(data.count('_home.users'), 2003);
  assert.throws(() => cu.transaction(() => {
    data.batch([['delete', '_home.users', 1]]);
    data.batch([['set', '_home.nobody', 1, 1]]);
  }), /leads to nothing/);
  assert.equal(data.count('_home.users'), 2003);
});

test('a condition without a value is refused, wherever it is', async () => {
  const { data } = await start();
  const filters = [
    [{ tenant: undefined }, 'where.tenant'], [{ tenant: null }, 'where.tenant'], [{ name: ['in', ['x', null]] }, 'where.name[2][2]'],
    [{ name: ['=', undefined] }, 'where.name[2]'], [{ any: [{ name: 'Ada' }, { 'address.city': undefined }] }, 'where.any[2].address.city'],
    [[{ none: { name: null } }], 'where[1].none.name'], [{ all: [undefined] }, 'where.all[1]'], [new Map([['name', null]]), 'where.name'],
    // A hole.
    [{ name: ['in', ['x', , 'y']] }, 'where.name[2][2]'], [{ field: 'name', op: '=', value: undefined }, 'where.value'],
  ];
  for (const [filter, place] of filters) {
    const refused = (error) => error instanceof TypeError && error.message.startsWith(`${place}: no value; `);
    for (const ask of [() => data.count('_home.users', filter), () => data.exists('_home.users', filter),
      ...['query', 'first', 'explain'].map((method) => () => data[method]('_home.users', { where: filter })),
      () => [...data.each('_home.users', { where: filter })], () => data.createIndex('_home.users', 'name', { where: filter })]) {
      assert.throws(ask, refused, `${place}: ${ask}`);
    }
  }
  const loop = { any: [] };
  loop.any.push(loop, loop);
  assert.throws(() => data.count('_home.users', loop), /contains itself/);
  for (const [spec, place] of [[{ order: ['name', null] }, 'order[2]'], [{ select: ['name', undefined] }, 'select[2]'], [{ select: { town: undefined } }, 'select.town'],
    [{ distinct: [null] }, 'distinct[1]'], [{ group: ['name', undefined] }, 'group[2]']]) {
    assert.throws(() => data.query('_home.users', spec), (error) => error instanceof TypeError && error.message === `${place}: no value`);
  }
  assert.throws(() => data.createIndex('_home.users', ['name', undefined]), /^TypeError: path\[2\]: no value/);
});

test('what is left out of a spec is not asked for', async () => {
  const { data } = await start();
  const spec = { where: undefined, order: { field: 'age', desc: undefined }, limit: undefined, after: undefined, select: undefined, offset: undefined };
  assert.deepEqual(data.query('_home.users', spec).keys, ['ada', 'bob', 'eve']);
  assert.equal([...data.each('_home.users', spec)].length, 3);
  assert.deepEqual([data.count('_home.users', undefined), data.exists('_home.users'), data.first('_home.users').key], [3, true, 'ada']);
  assert.equal(data.count('_home.users', { name: ['exists', false] }), 0);
});

test('a filter in the place of a spec, and the other way round', async () => {
  const { data } = await start();
  for (const method of ['count', 'exists']) {
    assert.throws(() => data[method]('_home.users', { where: { name: 'Ada' } }), /^TypeError: (count|exists) takes the filter itself/);
    assert.throws(() => data[method]('_home.users', { where: {} }), TypeError);
  }
  data.set('_home.users', 'x', { where: 'here' });
  assert.equal(data.count('_home.users', { where: 'here' }) + data.count('_home.users', { where: ['=', 'here'] }), 2);
  assert.throws(() => [...data.each('_home.users', { group: 'age', count: true })], /^TypeError: group: groups and distinct rows are for query/);
});

test('single rows are read, written, changed and removed', async () => {
  const { cu, data } = await start();
  const users = cu.compute('return _home.users').value;
  for (const table of ['_home.users', new Way('_home.users'), users]) {
    assert.equal(data.get(table, 'zoe'), undefined);
    data.set(table, 'zoe', { name: 'Zoe', age: 30, city: 'Oslo' });
    data.update(table, 'zoe', { age: 31, city: null, tags: ['x'] });
    assert.deepEqual(data.get(table, 'zoe'), { age: 31, name: 'Zoe', tags: ['x'] });
    data.delete(table, 'zoe');
    for (const key of ['a.b', '7', 7, 7n, -7, 1.5, true, new Uint8Array([255])]) {
      data.set(table, key, { n: 1 });
      data.update(table, key, new Map([['n', 2], [1, 'one']]));
      assert.deepEqual(data.get(table, key), new Map([[1, 'one'], ['n', 2]]), String(key));
      data.delete(table, key);
    }
    assert.equal(data.count(table), 3);
    assert.throws(() => data.update(table, 'nobody', { age: 1 }), /there is no row|leads to nothing/);
    data.set(table, 'x.y', '_home.users.ada');
    assert.throws(() => data.update(table, 'x.y', { age: 1 }), /^TypeError: there is no row under the key x\.y/);
    data.delete(table, 'x.y');
    for (const changes of [undefined, 'age', new Date(0)]) assert.throws(() => data.update(table, 'ada', changes), /^TypeError: changes are/);
    assert.throws(() => data.update(table, 'ada', { age: undefined }), /^TypeError: age: no value; null removes a field/);
    assert.throws(() => data.set(table, 'ada', undefined), /^TypeError: 'set' without a value/);
    for (const refused of [() => data.get(table), () => data.set(table, null, 1), () => data.delete(table, {}), () => data.update(table, [1], {})]) {
      assert.throws(refused, TypeError);
    }
  }
  // All or none.
  data.setSchema('_home.users', { fields: { age: 'integer' } });
  assert.throws(() => data.update('_home.users', 'ada', { name: 'Eda', age: 'old' }), /schema refuses/);
  assert.equal(data.get('_home.users', 'ada').name, 'Ada');
});

test('a table is made where there is none', async () => {
  const { data } = await start();
  assert.deepEqual([data.createTable('_home.orders'), data.createTable('_home.orders'), data.createTable(new Way('_home.orders.7'))], [true, false, true]);
  data.set('_home.orders', 'first', 1);
  assert.deepEqual([data.createTable('_home.orders'), data.get('_home.orders', 'first'), data.get('_home.orders', 7)], [false, 1, []]);
  assert.throws(() => data.createTable('_home.orders.first'), /^TypeError: at '_home\.orders\.first' is something else/);
  assert.throws(() => data.createTable('_home.nobody.x'), /leads to nothing/);
  for (const wrong of ['users', 7, undefined]) assert.throws(() => data.createTable(wrong), TypeError);
});

test('a schema refers to tables by their ways, and comes back as it was given', async () => {
  const { cu, data } = await start();
  cu.compute("_home.orders = { { customer = 'ada' } } _home.deep = { { customers = { 'bob' } } }");
  for (const ref of ['_home.users', new Way('_home.users'), cu.compute('return _home.users').value]) {
    const schema = { fields: { customer: { type: 'string', required: true, ref } } };
    assert.deepEqual(data.setSchema('_home.orders', schema), { ok: true, problems: [] });
    assert.throws(() => data.set('_home.orders', 2, { customer: 'nobody' }), /schema refuses/);
    const told = data.schema('_home.orders');
    assert.ok(told.fields.customer.ref instanceof ExternalTable);
    assert.equal(data.setSchema(new Way('_home.orders'), told).ok, true);
    assert.deepEqual(data.schema('_home.orders'), told);
  }
  const deep = { fields: new Map([['customers', { items: { ref: '_home.users' } }]]) };
  assert.equal(data.setSchema('_home.deep', deep).ok, true);
  assert.throws(() => data.set('_home.deep', 2, { customers: ['ada', 'nobody'] }), /schema refuses/);
  assert.throws(() => data.setSchema('_home.orders', { ref: '_home.nothing' }), /'_home\.nothing' leads to nothing/);
  assert.throws(() => data.setSchema('_home.orders', { ref: 7 }), /external table expected/);
  assert.throws(() => data.setSchema('_home.orders', { fields: { age: undefined } }), /^TypeError: schema\.fields\.age: no value/);
  assert.throws(() => data.setSchema('_home.orders', { fields: { age: { enum: [1, null] } } }), /^TypeError: schema\.fields\.age\.enum\[2\]: no value/);
  for (const none of [undefined, null]) assert.throws(() => data.setSchema('_home.orders', none), /^TypeError: there is no schema; false takes/);
  assert.equal(data.setSchema('_home.orders', { fields: { customer: { required: undefined, type: 'string' } } }).ok, true);
});

test('a page that is too large is read in halves', async () => {
  const { cu, data } = await start();
  cu.compute('_home.large = {} for i = 1, 120 do _home.large[i] = { n = -i, text = ("x"):rep(30000) } end');
  assert.throws(() => data.query('_home.large'), (error) => error.errorClass === 'result');
  assert.deepEqual([...data.each('_home.large')].map(([key]) => key), Array.from({ length: 120 }, (_, index) => index + 1));
  assert.deepEqual([...data.each('_home.large', { order: 'n', limit: 99 })].map(([key]) => key), Array.from({ length: 99 }, (_, index) => 120 - index));
  for (let field = 0; field < 7; field++) data.update('_home.large', 50, { [`more${field}`]: 'x'.repeat(300_000) });
  const seen = [];
  assert.throws(() => { for (const [key] of data.each('_home.large')) seen.push(key); }, (error) => ['result', 'memory'].includes(error.errorClass));
  assert.equal(seen.length, 49);
});

test('options hold for every call', async () => {
  const { data } = await start({ permissions: { write: false } });
  assert.throws(() => data.batch([['set', '_home.users', 'x', 1]]), /this compute is read-only/);
  assert.deepEqual(data.batch([['get', '_home.users.ada', 'age']]), [21]);
});

test('a query answers rows as plain values, page by page', async () => {
  const { data } = await start();
  const { rows, keys, cursor } = data.query('_home.users', { where: { 'address.city': 'Bergen' }, order: 'age' });
  assert.deepEqual(keys, ['ada', 'eve']);
  assert.deepEqual(rows[1], { name: 'Eve', age: 23, address: { city: 'Bergen' }, tags: ['a', 'b'] });
  assert.equal(cursor, undefined);
  const first = data.query('_home.users', { limit: 2, select: ['name'] });
  assert.deepEqual(first.rows, [{ name: 'Ada' }, { name: 'Bob' }]);
  const second = data.query('_home.users', { limit: 2, select: ['name'], after: first.cursor });
  assert.deepEqual([second.rows, second.cursor], [[{ name: 'Eve' }], undefined]);
  assert.deepEqual(data.query('_home.users', { where: { age: ['>', 100] } }), { rows: [], keys: [], cursor: undefined });
  assert.deepEqual(data.query('_home.users', { sum: 'age', count: true }).rows, [{ count: 3, sum: 66 }]);
  assert.equal(data.query('_home.users').rows.length, 3);
  assert.throws(() => data.query('_home.users', { where: { age: ['=>', 1] } }), /unknown operator/);
  assert.throws(() => data.query('_home.users', { after: 'none' }), LuaError);
});

test('every row is walked, however many, in pages', async () => {
  const { cu, data } = await start();
  cu.compute('_home.many = {} for i = 1, 2500 do _home.many[i] = { n = i % 10 } end');
  let calls = 0;
  const { call } = cu;
  cu.call = function (...all) { calls++; return call.apply(this, all); };
  const keys = [...data.each('_home.many')].map(([key]) => key);
  assert.deepEqual([keys.length, keys[0], keys[2499], calls], [2500, 1, 2500, 3]);
  const found = [...data.each('_home.many', { where: { n: 3 }, limit: 120, offset: 10, order: { field: 'n' } }, { page: 50 })];
  assert.deepEqual([found.length, found[0], found[119][0]], [120, [103, { n: 3 }], 1293]);
  assert.deepEqual([...data.each('_home.many', { limit: 0 })], []);
  assert.deepEqual([...data.each('_home.users', { where: { age: 99 } })], []);
  for (const [key] of data.each('_home.many', {}, { page: 10 })) if (key === 15) break;
  assert.throws(() => [...data.each('_home.many', { order: 7 })], LuaError);
});

test('counts, first rows and plans', async () => {
  const { data } = await start();
  assert.deepEqual([data.count('_home.users'), data.count('_home.users', { age: ['>=', 22] })], [3, 2]);
  assert.deepEqual([data.exists('_home.users', { name: 'Bob' }), data.exists('_home.users', { name: 'Zoe' })], [true, false]);
  assert.deepEqual(data.first('_home.users', { order: { field: 'age', desc: true }, select: ['age'] }), { row: { age: 23 }, key: 'eve' });
  assert.equal(data.first('_home.users', { where: { age: 1 } }), undefined);
  const plan = data.explain('_home.users', { where: { age: ['>=', 22] } });
  assert.equal(plan.returned, 2);
  assert.equal(typeof plan.plan, 'string');
});

test('a feed is switched on, read and trimmed', async () => {
  const { data } = await start();
  assert.equal(data.feed('_home.users'), undefined);
  assert.throws(() => data.changes('_home.users'), /has no feed/);
  assert.deepEqual(data.feed('_home.users', { values: true, count: 2 }), { first: 1, last: 0, count: 2, values: true });
  data.batch([['set', '_home.users', 'zoe', 1], ['set', '_home.users', 'zoe', 2]]);
  const { changes, position, problem } = data.changes('_home.users');
  assert.deepEqual([changes.length, position, problem], [2, 2, undefined]);
  assert.deepEqual(data.changes('_home.users', position), { changes: [], position, problem: undefined });
  assert.equal(data.changes('_home.users', 0, 1).changes.length, 1);
  data.batch([['delete', '_home.users', 'zoe'], ['set', '_home.users', 'zoe', 3]]);
  assert.deepEqual(data.changes('_home.users', 0), { changes: undefined, position: 4, problem: 'changes are not kept any more' });
  assert.equal(data.feed('_home.users', false), undefined);
});

test('a table is upgraded by a function that is there', async () => {
  const { cu, data } = await start();
  cu.compute('function _home.upgrade(t) for _, user in pairs(t) do user.age = user.age + 1 end end');
  assert.equal(data.version('_home.users'), 0);
  const dry = data.migrate('_home.users', 1, '_home.upgrade', { dry: true });
  assert.deepEqual([dry.from, dry.to, dry.dry, data.version('_home.users')], [0, 1, true, 0]);
  assert.equal(data.migrate('_home.users', 1, '_home.upgrade').dry, false);
  assert.equal(data.version('_home.users'), 1);
  assert.deepEqual(data.batch([['get', '_home.users.ada', 'age']]), [22]);
  assert.throws(() => data.migrate('_home.users', 2, '_home.nothing'), /leads to nothing/);
});

test('a table is upgraded by a list of functions that is stored', async () => {
  const { cu, data } = await start();
  cu.compute(`_home.steps = {
    function(t) t.ada.age = 1 return 'first' end,
    function(t, from) t.ada.age = t.ada.age + from * 10 end,
    function(t) t.bob = nil error('no', 0) end,
  }`);
  const age = () => data.get('_home.users.ada', 'age');
  const wanted = { from: 0, to: 2, dry: true, steps: [{ version: 1, result: 'first' }, { version: 2 }] };
  assert.deepEqual(data.migrate('_home.users', 2, '_home.steps', { dry: true }), wanted);
  assert.deepEqual([data.version('_home.users'), age()], [0, 21]);
  assert.throws(() => data.migrate('_home.users', 4, '_home.steps'), /no step to version 4/);
  assert.throws(() => data.migrate('_home.users', 3, '_home.steps', { dry: true }), /^LuaError: no/);
  assert.deepEqual([data.version('_home.users'), age()], [0, 21]);
  assert.throws(() => data.migrate('_home.users', 3, new Way('_home.steps')), /^LuaError: no/);
  assert.deepEqual([data.version('_home.users'), age(), data.count('_home.users')], [2, 11, 3]);
  assert.deepEqual(data.migrate('_home.users', 2, '_home.steps'), { from: 2, to: 2, dry: false, steps: [] });
  assert.throws(() => data.migrate('_home.users', 1, '_home.steps'), /newer than 1/);
  assert.throws(() => data.migrate('_home.users', undefined, '_home.steps'), TypeError);
  for (const version of [0, 2.5, '3']) assert.throws(() => data.migrate('_home.users', version, '_home.steps'), LuaError, String(version));
  assert.throws(() => data.migrate('_home.users', 1e9, '_home.steps'), /no step to version 4/);
  assert.throws(() => data.migrate('_home.users', 3, '_home.steps', { dry: 'no' }), /the only option is dry/);
  assert.throws(() => data.migrate('_home.users', 3, '_home.steps', { wet: true }), /the only option is dry/);
  cu.begin();
  cu.compute('_home.steps[3] = function() return 7 end');
  assert.equal(data.migrate('_home.users', 3, '_home.steps', { dry: true }).steps[0].result, 7);
  cu.rollBack();
});
