// The scripts from the documentation of cu 2, word for word: they still work.
//
// Where cu 2 called `saveState` and loaded the page again, here a new instance runs over the same store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, encode, ExternalTable, MemoryStore } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const IO_TABLE = 2;

/** A store, and instances over it, one after the other. */
class Page {
  static async open() {
    const page = new Page();
    page.store = new MemoryStore();
    await page.reload();
    return page;
  }

  async reload() {
    this.cu = await Cu.create({ module, store: this.store });
  }

  compute(code) {
    return this.cu.compute(code).value;
  }

  setInput(data) {
    this.store.set(IO_TABLE, new TextEncoder().encode('\x01input\0'), encode(data));
  }

  getOutput() {
    return this.compute('return _io.output');
  }
}

test('quick start: a recursive function in _home', async () => {
  const page = await Page.open();
  assert.equal(page.compute('return 2 + 2'), 4);
  page.compute(`
            function _home.fibonacci(n)
                if n <= 1 then return n end
                return _home.fibonacci(n - 1) + _home.fibonacci(n - 2)
            end
        `);
  await page.reload();
  assert.equal(page.compute('return _home.fibonacci(10)'), 55);
});

test('records in _home', async () => {
  const page = await Page.open();
  assert.equal(page.compute('return "Hello from Lua!"'), 'Hello from Lua!');
  page.compute(`
    _home.users = _home.users or {}
    _home.users.user1 = { name = 'Alice', age = 30 }
    _home.users.user2 = { name = 'Bob', age = 25 }
`);
  await page.reload();
  const count = page.compute(`
    local count = 0
    for key, user in pairs(_home.users) do
        count = count + 1
    end
    return count
`);
  assert.equal(count, 2);
  assert.deepEqual(page.cu.read(page.compute('return _home.users.user1')), { name: 'Alice', age: 30 });
  const active = page.compute(`
    local active = {}
    for key, user in pairs(_home.users) do
        if user.status == "active" then
            table.insert(active, user)
        end
    end
    return active
`);
  assert.deepEqual(active, []);
});

test('structured input and output: highScorers', async () => {
  const page = await Page.open();
  page.setInput({
    users: [
      { id: 1, name: 'Alice', score: 95 },
      { id: 2, name: 'Bob', score: 87 },
      { id: 3, name: 'Charlie', score: 92 },
    ],
    threshold: 90,
  });
  page.compute(`
  local users = _io.input.users
  local threshold = _io.input.threshold
  
  local highScorers = {}
  for i, user in ipairs(users) do
    if user.score >= threshold then
      table.insert(highScorers, {
        name = user.name,
        score = user.score
      })
    end
  end
  
  _io.output = {
    highScorers = highScorers,
    count = #highScorers
  }
`);
  assert.deepEqual(page.getOutput(), {
    highScorers: [{ name: 'Alice', score: 95 }, { name: 'Charlie', score: 92 }],
    count: 2,
  });
});

test('structured input and output: batches', async () => {
  const page = await Page.open();
  page.setInput({ dataset: [10, 20, 30, 40, 50] });
  page.compute(`
  local data = _io.input.dataset
  local sum = 0
  for i, v in ipairs(data) do
    sum = sum + v
  end
  _io.output = { sum = sum, average = sum / #data }
`);
  assert.deepEqual(page.getOutput(), { sum: 150, average: 30 });
  for (let start = 0; start < 10000; start += 1000) {
    page.setInput({ batch: Array.from({ length: 1000 }, (_, i) => ({ id: start + i, value: (start + i) / 4 })) });
    page.compute(`
  local batch = _io.input.batch
  local processed = {}
  for i, item in ipairs(batch) do
    processed[i] = {
      id = item.id,
      doubled = item.value * 2
    }
  end
  _io.output = processed
`);
    const output = page.getOutput();
    assert.equal(output.length, 1000);
    assert.deepEqual(output[999], { id: start + 999, doubled: (start + 999) / 2 });
  }
});

test('functions and closures: taxCalculator and counterFactory', async () => {
  const page = await Page.open();
  page.compute(`
    function _home.taxCalculator(income, deductions) 
        local taxable = income - (deductions or 0)
        local brackets = {10000, 50000, 100000}
        local rates = {0.1, 0.2, 0.3, 0.4}
        -- Complex tax calculation logic
        return taxable * rates[1]  -- Simplified
    end
`);
  page.compute(`
    local count = 0
    function _home.counterFactory()
        count = count + 1
        return count
    end
`);
  const use = `
    return {
        tax = _home.taxCalculator(75000, 5000),
        count1 = _home.counterFactory(),
        count2 = _home.counterFactory()
    }
`;
  assert.deepEqual(page.compute(use), { tax: 7000, count1: 1, count2: 2 });
  assert.deepEqual(page.compute(use), { tax: 7000, count1: 3, count2: 4 });
  await page.reload();
  assert.deepEqual(page.compute(use), { tax: 7000, count1: 5, count2: 6 });
});

/** A page with a thousand users, which one string of code inserts. */
async function pageWithUsers() {
  const page = await Page.open();
  const users = Array.from({ length: 1000 }, (_, i) => ({
    id: i,
    name: `User ${i}`,
    email: `user${i}@example.com`,
    score: i * 7919 % 1000,
  }));
  page.compute(`
    _home.appUsers = _home.appUsers or {}
    -- Users will be populated via JavaScript calls
`);
  let insertCode = '_home.appUsers = _home.appUsers or {}\n';
  users.forEach((user) => {
    insertCode += `_home.appUsers.user_${user.id} = {
        id = ${user.id},
        name = "${user.name}",
        email = "${user.email}",
        score = ${user.score}
    }\n`;
  });
  page.compute(insertCode);
  await page.reload();
  return { page, users };
}

test('bulk data, queries by range and by text', async () => {
  const { page, users } = await pageWithUsers();
  const highScorers = page.compute(`
    local results = {}
    for key, user in pairs(_home.appUsers) do
        if user.score >= 800 then
            table.insert(results, user)
        end
    end
    table.sort(results, function(a, b) return a.score > b.score end)
    return results
`);
  const expected = users.filter(({ score }) => score >= 800).sort((a, b) => b.score - a.score);
  assert.ok(highScorers.every((user) => user instanceof ExternalTable));
  assert.deepEqual(highScorers.map((user) => page.cu.read(user)), expected);
  const midRangeUsers = page.compute(`
    local results = {}
    for key, user in pairs(_home.appUsers) do
        if user.score >= 400 and user.score <= 600 then
            table.insert(results, user)
        end
    end
    return results
`);
  assert.equal(midRangeUsers.length, users.filter(({ score }) => score >= 400 && score <= 600).length);
  const emailResults = page.compute(`
    local results = {}
    for key, user in pairs(_home.appUsers) do
        if string.match(user.email, "example") then
            table.insert(results, user)
        end
    end
    return results
`);
  assert.equal(emailResults.length, 1000);
});

test('data analysis with functions of _home and the global unpack', async () => {
  const page = await Page.open();
  page.compute(`
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
  await page.reload();
  const analysis = page.compute(`
    local scores = {}
    for i = 1, 100 do
        scores[i] = math.random(100, 1000)
    end
    _home.scores = { unpack(scores) }
    
    return {
        average = _home.average(scores),
        median = _home.median(scores),
        stdev = _home.stdev(scores),
        min = math.min(unpack(scores)),
        max = math.max(unpack(scores))
    }
`);
  const scores = page.cu.read(page.compute('return _home.scores')).sort((a, b) => a - b);
  const average = scores.reduce((sum, score) => sum + score, 0) / 100;
  const stdev = Math.sqrt(scores.reduce((sum, score) => sum + (score - average) ** 2, 0) / 100);
  const close = (actual, wanted) => assert.ok(Math.abs(actual - wanted) < 1e-9 * wanted, `${actual} is not ${wanted}`);
  close(analysis.average, average);
  close(analysis.median, (scores[49] + scores[50]) / 2);
  close(analysis.stdev, stdev);
  assert.deepEqual([analysis.min, analysis.max], [scores[0], scores[99]]);
});

test('the performance samples: a function, a thousand items, a query', async () => {
  const page = await Page.open();
  page.compute(`
    function _home.testFunc(x) 
        return x * 2 
    end
`);
  let code = '_home.bench = {}\n';
  for (let i = 0; i < 1000; i++) {
    code += `_home.bench.key${i} = "value${i}"\n`;
  }
  page.compute(code);
  await page.reload();
  const results = page.compute(`
    local results = {}
    for key, value in pairs(_home.bench) do
        if string.match(key, "key5") then
            table.insert(results, {key = key, value = value})
        end
    end
    return results
`);
  assert.equal(results.length, 111);
  assert.deepEqual(results[0], { key: 'key5', value: 'value5' });
  assert.equal(page.compute('return _home.testFunc(21)'), 42);
});

test('the name of cu 1 for _home', async () => {
  const page = await Page.open();
  page.compute('Memory.data = { key = "value" }\nfunction Memory.myFunction() return Memory.data.key end');
  await page.reload();
  assert.equal(page.compute('return _home.myFunction()'), 'value');
});
