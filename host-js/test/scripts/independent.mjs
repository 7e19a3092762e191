// Two instances, loaded from a file, each with its own state.
import assert from 'node:assert/strict';
import { LuaPersistent } from './web/lua-persistent.js';

const lua1 = new LuaPersistent();
const lua2 = new LuaPersistent();

await lua1.load('lua.wasm');
await lua2.load('lua.wasm');

lua1.eval('x = 1');
assert.deepEqual([lua1.eval('return x').value, lua2.eval('return x').value], [1, null]);
const { value, output } = lua1.eval('print("said") return x + 1');
assert.deepEqual([value, output], [2, 'said\n']);
lua1.eval('not Lua');
assert.match(lua1.getLastError(), /unexpected symbol near 'not'/);
const stats = lua1.getMemoryStats();
if (stats.lua_memory_used > 1_000_000) lua1.gc();
