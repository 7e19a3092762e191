// Functions and closures in the home, over a save and a load.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';

await cu.load();
cu.init();

await cu.compute(`
    function _home.taxCalculator(income, deductions)
        local taxable = income - (deductions or 0)
        local rates = {0.1, 0.2, 0.3, 0.4}
        return taxable * rates[1]
    end
`);
await cu.compute(`
    local count = 0
    function _home.counterFactory()
        count = count + 1
        return count
    end
`);
await cu.saveState();
const use = `
    return {
        tax = _home.taxCalculator(75000, 5000),
        count1 = _home.counterFactory(),
        count2 = _home.counterFactory()
    }
`;
assert.deepEqual(await cu.compute(use), { tax: 7000, count1: 1, count2: 2 });
await cu.saveState();
await cu.loadState();
assert.deepEqual(await cu.compute(use), { tax: 7000, count1: 3, count2: 4 });
