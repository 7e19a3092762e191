// The enhanced classes: functions, batches, indexes, queries.
import assert from 'node:assert/strict';
import { EnhancedCuWASM } from './web/enhanced/lua-api-enhanced.js';

const lua = await EnhancedCuWASM.init();

await lua.persistFunction('Memory', 'calculate', `
    function(x, y) return x * y + 100 end
`);
assert.equal(await lua.compute('return _home.calculate(6, 7)'), 142);

const results = await lua.batchTableOperations([
  { type: 'set', table: 'people', key: 'first', value: { name: 'Kari', age: 30 } },
  { type: 'set', table: 'people', key: 'second', value: { name: 'Nils', age: 24 } },
]);
assert.deepEqual(results, [true, true]);

await lua.createIndex('people', 'age', 'btree');
const found = await lua.queryTable('people', {
  field: 'age',
  operator: '>=',
  value: 25,
  limit: 10,
});
assert.deepEqual(found, [{ name: 'Kari', age: 30 }]);
