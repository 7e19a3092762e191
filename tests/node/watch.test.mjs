// A live query against the query: whoever makes what it reports has the result, row by row.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore, Way } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const LIBRARIES = [read('../lua/indexes.lua'), read('../lua/feeds.lua'), read('../../examples/watch.lua'), `
  -- Makes the changes of a report in a copy of the result.
  function follow(copy, report)
    for _, gone in ipairs(report.left) do
      if copy[gone.key] == nil then error('left, and was not there') end
      copy[gone.key] = nil
    end
    for _, new in ipairs(report.entered) do
      if copy[new.key] ~= nil then error('entered, and was there') end
      copy[new.key] = feeds.text(feeds.copy(new.row, { _home.one }))
    end
    for _, changed in ipairs(report.changed) do
      if copy[changed.key] == nil then error('changed, and was not there') end
      copy[changed.key] = feeds.text(feeds.copy(changed.row, { _home.one }))
    end
  end
  function result(spec)
    local rows, keys = ext.query(_home.one, spec)
    local found = {}
    for number, key in ipairs(keys) do found[key] = feeds.text(feeds.copy(rows[number], { _home.one })) end
    return found
  end`].join('\n');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);

const QUERIES = [
  "{ where = { age = { '>=', 2 } } }", "{ where = { ['address.city'] = { 'exists', true } } }", "{ order = 'age', limit = 3 }", '{}',
];

test('a live query reports what is different', async () => {
  let entered = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const random = randomBelow(seed);
    const context = `CU_SEED=${seed} CU_ROUNDS=1`;
    const cu = await Cu.create({ module, store: new MemoryStore() });
    cu.compute(LIBRARIES);
    cu.compute(`_home.one, _home.two = {}, {} ext.feed(_home.one, { count = ${random(2) ? 1000 : 10} }) spec = ${QUERIES[random(QUERIES.length)]} copy = {}`);
    for (let step = 0; step < 20; step += 1) {
      try {
        cu.compute(`indexes.run(_home, ${random(2 ** 31)}, ${random(12)})`, random(3) === 0 ? { atomic: true } : undefined);
        cu.compute('report, state = _home.watch(_home.one, spec, state) follow(copy, report)');
        const [found, wanted, count] = cu.compute('return feeds.text(copy), feeds.text(result(spec)), #report.entered').values;
        assert.equal(found, wanted);
        entered += count;
      } catch (error) {
        error.message = `${context}, step ${step}: ${error.message}`;
        throw error;
      }
    }
  }
  assert.ok(entered > 0);
});

test('a host keeps the state', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute(LIBRARIES);
  cu.compute('_home.one = { a = { n = 1 }, b = { n = 5 } }');
  const watch = (...state) => cu.call('_home.watch', [new Way('_home.one'), { where: { n: ['>', 3] } }, ...state], { content: true }).values;
  const [first, state] = watch();
  assert.deepEqual(first.entered, [{ key: 'b', row: { n: 5 } }]);
  cu.compute('_home.one.a.n = 4 _home.one.b.n = 6');
  const [second, next] = watch(structuredClone(state));
  assert.deepEqual([second.entered, second.changed], [[{ key: 'a', row: { n: 4 } }], [{ key: 'b', row: { n: 6 } }]]);
  cu.compute('_home.one.a = nil');
  assert.deepEqual(watch(next)[0].left, [{ key: 'a' }]);
});
