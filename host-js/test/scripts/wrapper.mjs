// IoWrapper, which loads the default instance by itself.
import assert from 'node:assert/strict';
import { IoWrapper } from './io-wrapper.js';
import cu from './web/cu-api.js';

const io = new IoWrapper();

const result = await io.computeWithIo(`
  local data = _io.input.lengths
  local sum = 0
  for i, v in ipairs(data) do
    sum = sum + v
  end
  _io.output = { sum = sum, average = sum / #data }
`, {
  lengths: [10, 20, 30, 40, 50],
});
assert.deepEqual(result.output, { sum: 150, average: 30 });

const items = new Array(100000).fill(0).map((_, i) => ({
  id: i,
  value: (i % 1000) / 8,
}));
const results = await io.processStream(`
  local batch = _io.input.batch
  local processed = {}
  for i, item in ipairs(batch) do
    processed[i] = {
      id = item.id,
      doubled = item.value * 2
    }
  end
  _io.output = processed
`, items, { batchSize: 1000 });
assert.equal(results.length, 100);
assert.deepEqual(results[99][999], { id: 99999, doubled: 249.75 });

await cu.compute(`
  function calculateStats(params)
    local sum = 0
    for _, v in ipairs(params.data) do
      sum = sum + v
    end
    return { sum = sum }
  end
`);
const stats = await io.request('calculateStats', {
  data: [1, 2, 3, 4, 5],
});
assert.deepEqual(stats.output, { sum: 15 });
assert.deepEqual(stats.returnValue, { sum: 15 });
