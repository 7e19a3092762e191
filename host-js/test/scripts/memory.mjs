// The home under its first name, which programs for version 1 have.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';

await cu.load();
cu.init();

await cu.compute(`
    Memory.data = { key = "value" }
    function Memory.myFunction(x)
        return Memory.data.key .. x
    end
`);
await cu.saveState();
await cu.loadState();
assert.equal(await cu.compute('return _home.myFunction(1)'), 'value1');
assert.equal(await cu.compute('return Memory == _home'), true);
