// Errors that are caught, states that are saved at intervals, and memory that is watched.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';
import lua from './lua-api.js';

await cu.load();
cu.init();

let message;
try {
  await cu.compute(`
        return _home.getValue("key")
    `);
} catch (error) {
  message = error.message;
}
assert.match(message, /attempt to call a nil value \(field 'getValue'\)/);

let saves = 0;
const timer = setInterval(async () => {
  await cu.saveState();
  saves++;
}, 5);
while (saves < 2) await new Promise((resolve) => setTimeout(resolve, 5));
clearInterval(timer);

await cu.compute(`
    _home.config = _home.config or {}
    _home.data = _home.data or {}
    _home.cache = _home.cache or {}
`);

const stats = lua.getMemoryStats();
assert.ok(stats.used > 0 && stats.free > 0 && stats.total === stats.used + stats.free);
if (stats.lua_memory_used > 0) lua.gc();
lua.runGc();
assert.equal(typeof cu.readBuffer(1024, 16), 'string');
const { memoryTableId, tableCount, tableIds } = cu.getTableInfo();
assert.ok(tableIds.includes(memoryTableId) && tableIds.length === tableCount);
