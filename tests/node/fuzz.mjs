// Changes random bytes of a store for a given time: there is no trap, and the instance stays usable.
//
//   node tests/node/fuzz.mjs value|key|function|slow [SECONDS] [SEED]
//
// `make fuzz` runs each target for ten minutes, `make test` for a short time. A failure prints the seed of its case. The
// target `slow` differs: it runs random programs under a budget, and none may take long (slow/target.mjs).

import assert from 'node:assert/strict';
import { encode } from '../../host-js/index.js';
import { CODES, FUNCTIONS, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';
import { generator } from './slow/random.mjs';
import { search } from './slow/target.mjs';

export { generator };

const latin1 = (bytes) => Buffer.from(bytes).toString('latin1');

/** Some bytes changed, cut, copied from elsewhere, or inserted. */
export function mutate(bytes, random) {
  let out = Uint8Array.from(bytes);
  for (let change = random(3); change >= 0 && out.length > 0; change -= 1) {
    const at = random(out.length);
    switch (random(8)) {
      case 0: out = out.slice(0, at); break;
      case 1: out = Uint8Array.of(...out.slice(0, at), ...out.slice(random(out.length))); break;
      case 2: out[at] = random(256); break;
      case 3: out[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)]; break;
      case 4: out[at] = out[random(out.length)]; break;
      default: out[at] += random(2) === 0 ? 1 + random(4) : -1 - random(4);
    }
  }
  return out;
}

/** Overwrites operands and whole instructions of bytecode with others of the same chunk. */
function mutateCode(bytes, random) {
  const out = Uint8Array.from(bytes);
  for (let change = random(3); change >= 0; change -= 1) {
    const at = random(Math.max(1, out.length - 8));
    if (random(4) === 0) out.copyWithin(at, random(out.length - 4), random(out.length));
    else if (random(3) === 0) out[at] ^= 1 << random(8);
    else out[at] += random(2) === 0 ? 1 + random(3) : -1 - random(3);
  }
  return out;
}

/** FNV-1a, as src/closure/code.rs has it. */
function check(bytes) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, hash, true);
  return out;
}

/** The key that is a positive integer. */
function integerKey(number) {
  const bytes = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return latin1([0x14 + bytes.length, ...bytes]);
}

const SCALARS = ['nil', 'true', '5', '-0.5', '"text"', '("x"):rep(3000)', '{}', '{ 1, { 2, a = { b = "c" } }, [2.5] = false }', 'print', 'math',
  'function() return 1 end', '_home'];

function target(name) {
  const module = compile(name === 'function' ? 'target/cu-faults.wasm' : 'dist/cu.wasm');
  const fresh = () => {
    const store = new NaiveStore(module);
    assert.equal(store.run(SCALARS.map((value, index) => `_home[${index + 1}] = ${value}`).join(' ')).error, undefined);
    return store;
  };
  return { value: valueTarget, key: keyTarget, function: functionTarget }[name](fresh, module);
}

/** Values: the scripts read, walk and collect them. */
function valueTarget(fresh) {
  const model = fresh();
  const values = [...model.tables].flatMap(([, rows]) => [...rows.values()]).map((value) => Buffer.from(value, 'latin1'));
  // Values that hosts write: inline tables, nested.
  values.push(Buffer.from(encode({ a: [1, 2, [3, 'x']], b: { c: [true, null, 2.5] } })));
  let store = model;
  let bytes;
  return {
    prepare(random) {
      bytes = mutate(values[random(values.length)], random);
      if (random(200) === 0) store = fresh();
      store.tables.get(1).set('\x01f\x00', latin1(bytes));
      store.tables.set(2, new Map([['\x01input\x00', latin1(bytes)]]));
    },
    run: () => store.run(`local v, w = _home.f, _io.input
      if type(v) == "table" then for k, x in pairs(v) do if type(x) == "table" then next(x) end end return #v, next(v) end
      if type(v) == "function" then return pcall(v) end return v, w`),
    after: (random) => random(50) === 0 && store.exports.run_gc(),
    bytes: () => bytes,
    store: () => store,
  };
}

/** Keys and pages of keys. */
function keyTarget(fresh) {
  let store = fresh();
  const keys = [...store.tables.get(1).keys(), '\x01a\x00\xffb\x00', '\x21\xc0\x04\x00\x00\x00\x00\x00\x00', '\x0c\x7f\xff\xff\xff\xff\xff\xff\xff', '\x26', '\x27']
    .map((key) => Buffer.from(key, 'latin1'));
  let rows = [];
  return {
    prepare(random) {
      if (random(200) === 0) store = fresh();
      rows = Array.from({ length: 1 + random(4) }, () => latin1(mutate(keys[random(keys.length)], random)));
      const honest = random(2) === 0;
      store.tables.set(3, new Map((honest ? rows.sort() : rows).map((key) => [key, '\x01\x01'])));
      store.tables.get(1).set('\x01t\x00', '\x07\x03\x00\x00\x00');
      store.lie = honest ? null : (call, table, [, buffer, room]) => {
        if (call !== 'keys' || table !== 3) return undefined;
        const page = latin1(mutate(Buffer.concat(rows.map((key) => {
          const head = Buffer.alloc(4);
          head.writeUInt32LE(key.length);
          return Buffer.concat([head, Buffer.from(key, 'latin1')]);
        })), random)).slice(0, room);
        store.write(buffer, page);
        return page.length;
      };
    },
    run: () => store.run(`local t, n = _home.t, 0 for k, v in pairs(t) do n = n + 1 t[k] = n if n > 20 then break end end
      return n, #t, next(t), ext.size(t), pcall(table.unpack, t, 1, 3)`),
    after(random) {
      if (random(50) === 0) store.exports.run_gc();
      store.lie = null;
    },
    bytes: () => Buffer.concat(rows.map((key) => Buffer.from(key, 'latin1'))),
    store: () => store,
  };
}

const FUNCTIONS_TO_CHANGE = `
  local up, list, name = 1, { 1, 2, 3 }, "name"
  local object = { value = 1, get = function(self, n) return self.value + (n or 0) end }
  return {
    function(a, b, ...) local t = { a, b, x = up, ... } up = up + 1 return t, #t, t[1], t.x end,
    function(n) local s = 0 for i = 1, n or 5 do s = s + i * 2 // 3 end for x = 1.5, 0, -0.5 do s = s - x end return s, -s, ~(s // 1), not s end,
    function(...) local a, b = ... local function f(...) a = b return select("#", ...), ... end return f(a, b, ...) end,
    function(t) local r = {} for k, v in pairs(t or list) do r[#r + 1] = name .. k .. tostring(v) end return table.concat(r, ",") end,
    function(x) local y <close> = nil if x == 1 or x == "a" then goto done elseif x and x ~= 2.5 then return object:get(x) end ::done:: return x end,
    function(a, b) a, b = a or 6, b or 3 return a + b, a - b, a * b, a / b, a % b, a // b, a ^ b, a & 7, b | 8, a ~ b, a << 2, a >> 1, a < b, a <= b, a > 3, a == 6, 2 < b end,
    function(n) local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a, i) end return a end) return co(n), co(2), co(3), co(4) end,
    function() return { 1, 2, 3, { 4, { x = 5, y = { up, list, name } } }, [10] = 1, n = object.value }, (function() return up end)() end,
    function(s) s = s or "abc" return #s, s:upper(), ("%s-%d"):format(s, 5), s .. 1 .. 2.5, s < "b", s == name end,
    function(x) while true do if x then break end x = true repeat local z = x up = function() return z end until z end return up end,
  }`;

const ARGUMENTS = ['', ', 1', ', "a"', ', { 1, 2, x = 3 }', ', 2.5, 7', ', nil, "b", 3', ', print, {}', ', coroutine.create(print), 1', ', -1, math.mininteger'];

/** Functions and their code with correct hashes: every accepted one is called. */
function functionTarget(fresh, module) {
  const maker = new NaiveStore(module);
  assert.equal(maker.run(`_home.f = (function() ${FUNCTIONS_TO_CHANGE} end)()`).error, undefined);
  // Each with its code, the last four bytes of a record.
  const functions = (store) => [...store.tables.get(FUNCTIONS).values()].map((record) => {
    const bytes = Buffer.from(record, 'latin1');
    return [bytes, Buffer.from(store.tables.get(CODES).get(integerKey(bytes.readUInt32LE(bytes.length - 4))), 'latin1').subarray(9)];
  });
  const records = functions(maker);
  const stripped = new NaiveStore(module);
  stripped.configure({ strip: true });
  stripped.run(`_home.f = (function() ${FUNCTIONS_TO_CHANGE} end)()`);
  records.push(...functions(stripped));
  let [store, id, bytes, call] = [null, 0, null, ''];
  return {
    prepare(random) {
      if (store === null || random(500) === 0) {
        store = new NaiveStore(module);
        store.tables = new Map([...maker.tables].map(([table, rows]) => [table, new Map(rows)]));
        store.configure({ instructions: 100_000 });
        id = 0x10000000;
      }
      const [original, code] = records[random(records.length)];
      const record = Buffer.from(original);
      bytes = random(4) === 0 ? mutate(code, random) : mutateCode(code, random);
      id += 1;
      record.writeUInt32LE(id, record.length - 4);
      record.set(check(record.subarray(9)), 1);
      const reference = Buffer.from([5, 4, 0, 0, 0, 0, 0, 0, 0]);
      reference.writeUInt32LE(id, 5);
      store.tables.get(FUNCTIONS).set(integerKey(id), latin1(record));
      store.tables.get(CODES).set(integerKey(id), latin1([1, ...check(bytes), ...bytes]));
      store.tables.get(1).set('\x01g\x00', latin1(reference));
      call = `local f = _home.g local r = { pcall(f${ARGUMENTS[random(ARGUMENTS.length)]}) }
        local co = coroutine.create(f) local again = { coroutine.resume(co${ARGUMENTS[random(ARGUMENTS.length)]}) }
        pcall(coroutine.resume, co, 1) return debug.traceback(co), tostring(r[2])`;
    },
    run: () => store.run(call),
    after(random) {
      store.tables.get(FUNCTIONS).delete(integerKey(id));
      store.tables.get(CODES).delete(integerKey(id));
      if (random(20) === 0) store.exports.run_gc();
    },
    bytes: () => bytes,
    store: () => store,
  };
}

/** Runs cases until the time is over; answers the number of cases, and of those without an error. */
export function fuzz(name, seconds, first) {
  const { prepare, run, after, bytes, store } = target(name);
  const end = Date.now() + seconds * 1000;
  let [cases, accepted] = [0, 0];
  for (let seed = first; Date.now() < end; seed += 1, cases += 1) {
    const random = generator(seed);
    prepare(random);
    try {
      const { error } = run();
      if (error === undefined) accepted += 1;
      after(random);
      if (cases % 100 === 0) {
        const { values } = store().run('local t = ext.table() t.x = { 1 } return t.x[1] + 1');
        assert.deepEqual(values, [2]);
      }
    } catch (error) {
      error.message = `${name}, seed ${seed} of a run from ${first}: ${error.message}\n${Buffer.from(bytes()).toString('hex')}`;
      throw error;
    }
  }
  return { cases, accepted };
}

/** Searches for slow programs until the time is over and prints each, ready for tests/lua/attacks.lua; 1 if it found any. */
async function searchSlow(seconds, first) {
  const end = Date.now() + seconds * 1000;
  const progress = (cases, findings) => {
    if (process.stderr.isTTY && cases % 10 === 0) process.stderr.write(`\r\x1b[Kslow: ${cases} cases, ${findings} findings`);
  };
  const found = ({ script }) => console.log(script);
  const { cases, stopped, findings } = await search({ path: 'dist/cu.wasm', first, more: () => Date.now() < end, found, progress });
  progress(0, 0);
  console.log(`slow: ${cases} cases, ${stopped} stopped by the budget, ${findings} findings`);
  return findings === 0 ? 0 : 1;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [name, seconds = '600', seed = String(Math.floor(Math.random() * 2 ** 31))] = process.argv.slice(2);
  console.log(`${name}: ${seconds} s from seed ${seed}`);
  if (name === 'slow') process.exit(await searchSlow(Number(seconds), Number(seed)));
  const { cases, accepted } = fuzz(name, Number(seconds), Number(seed));
  console.log(`${name}: ${cases} cases, ${accepted} accepted, none trapped`);
}
