// A thousand rows in one text of code, queries in Lua, and functions that analyse.
import assert from 'node:assert/strict';
import cu from './web/cu-api.js';

await cu.load();
cu.init();

const members = Array.from({ length: 1000 }, (_, i) => ({
  id: i,
  name: `Member ${i}`,
  email: `member${i}@example.org`,
  score: (i * 7919) % 1000,
}));

let insertCode = '_home.members = _home.members or {}\n';
members.forEach((member) => {
  insertCode += `_home.members.member_${member.id} = {
        id = ${member.id},
        name = "${member.name}",
        email = "${member.email}",
        score = ${member.score}
    }\n`;
});
await cu.compute(insertCode);
await cu.saveState();

const best = await cu.compute(`
    local results = {}
    for key, member in pairs(_home.members) do
        if member.score >= 800 then
            table.insert(results, member)
        end
    end
    table.sort(results, function(a, b) return a.score > b.score end)
    return results
`);
assert.deepEqual([best.length, best[0].score, best[199].score], [200, 999, 800]);
const middle = await cu.compute(`
    local results = {}
    for key, member in pairs(_home.members) do
        if member.score >= 400 and member.score <= 600 then
            table.insert(results, member)
        end
    end
    return results
`);
assert.equal(middle.length, 201);
const byEmail = await cu.compute(`
    local results = {}
    for key, member in pairs(_home.members) do
        if string.match(member.email, "example") then
            table.insert(results, member)
        end
    end
    return results
`);
assert.equal(byEmail.length, 1000);

await cu.compute(`
    function _home.average(values)
        local sum = 0
        for _, v in ipairs(values) do sum = sum + v end
        return sum / #values
    end

    function _home.median(values)
        table.sort(values)
        local n = #values
        if n % 2 == 0 then
            return (values[n/2] + values[n/2 + 1]) / 2
        else
            return values[(n + 1) / 2]
        end
    end

    function _home.stdev(values)
        local avg = _home.average(values)
        local sum = 0
        for _, v in ipairs(values) do
            sum = sum + (v - avg)^2
        end
        return math.sqrt(sum / #values)
    end
`);
const analysis = await cu.compute(`
    local scores = {}
    for i = 1, 100 do
        scores[i] = math.random(100, 1000)
    end

    return {
        average = _home.average(scores),
        median = _home.median(scores),
        stdev = _home.stdev(scores),
        min = math.min(unpack(scores)),
        max = math.max(unpack(scores))
    }
`);
assert.ok(analysis.min >= 100 && analysis.min < analysis.median && analysis.median < analysis.max && analysis.max <= 1000);
assert.ok(analysis.average > analysis.min && analysis.stdev > 0);

let code = '_home.bench = {}\n';
for (let i = 0; i < 1000; i++) {
  code += `_home.bench.key${i} = "value${i}"\n`;
}
await cu.compute(code);
const found = await cu.compute(`
    local results = {}
    for key, value in pairs(_home.bench) do
        if string.match(key, "key5") then
            table.insert(results, {key = key, value = value})
        end
    end
    return results
`);
assert.equal(found.length, 111);
