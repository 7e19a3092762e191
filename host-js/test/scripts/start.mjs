// A first script: load, compute, store functions and data, save, and go on after a restart.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';

await cu.load();
cu.init();

const sum = await cu.compute('return 3 + 4');
assert.equal(sum, 7);
const greeting = await cu.compute('return "Greetings from Lua"');
assert.equal(greeting, 'Greetings from Lua');

await cu.compute(`
    function _home.fibonacci(n)
        if n <= 1 then return n end
        return _home.fibonacci(n - 1) + _home.fibonacci(n - 2)
    end
    _home.cities = _home.cities or {}
    _home.cities.first = { name = 'Bergen', people = 291000 }
    _home.cities.second = { name = 'Oslo', people = 717000 }
`);
assert.equal(await cu.saveState(), true);

// What a reload does.
await cu.compute('_home.fibonacci = nil _home.cities = nil');
assert.equal(await cu.loadState(), true);
assert.equal(await cu.compute('return _home.fibonacci(10)'), 55);
assert.deepEqual(await cu.compute('return _home.cities.first'), { name: 'Bergen', people: 291000 });

const count = await cu.compute(`
    local count = 0
    for key, city in pairs(_home.cities) do
        count = count + 1
    end
    return count
`);
assert.equal(count, 2);
const large = await cu.compute(`
    local found = {}
    for key, city in pairs(_home.cities) do
        if city.people > 500000 then
            table.insert(found, city)
        end
    end
    return found
`);
assert.deepEqual(large, [{ name: 'Oslo', people: 717000 }]);
