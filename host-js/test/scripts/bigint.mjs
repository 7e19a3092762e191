// Big integers: a fee in the smallest unit of a currency, operators and comparisons.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';

await cu.load();
cu.init();

await cu.compute(`
    local bigint = require('bigint')

    local purse = bigint.new("1000000000000000000")
    local units = bigint.new("21000")
    local price = bigint.new("50")
    local smallest = bigint.new("1000000000")

    local fee = units * (price * smallest)
    local rest = purse - fee

    _io.output = {
        purse = tostring(purse),
        fee = tostring(fee),
        rest = tostring(rest)
    }
`);
const result = cu.getOutput();
assert.deepEqual(result, { purse: '1000000000000000000', fee: '1050000000000000', rest: '998950000000000000' });

const answer = cu.compute(`
    local bigint = require('bigint')
    local a = bigint.new("999999999999999999999999999999")
    local b = bigint.new("1")
    local sum = a + b

    print("Sum: " .. tostring(sum))
    print("Greater: " .. tostring(sum > a))
    return sum, bigint.add(a, b) == sum, bigint.sub(sum, b) == a, bigint.mul(b, b) == b, bigint.div(a, a) == b, bigint.mod(a, a) == a - a
`);
await answer;
assert.equal(answer.output, 'Sum: 1000000000000000000000000000000\nGreater: true\n');
assert.deepEqual(answer.values, [10n ** 30n, true, true, true, true, true]);
