// Random computes that wait, over a raw host that fails, answers nonsense, changes the configuration of each part, collects, and computes
// within its imports. Nothing traps, and in the end nothing waits and no memory is held.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PENDING_ANSWER_AT, TAG_PENDING, TAG_SPILLED } from '../../host-js/abi.js';
import { decodeAll, encode, encodeKey, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile, Raw } from './raw.mjs';

const module = compile('dist/cu.wasm');
const SEED = Number(process.env.CU_SEED ?? Date.now() % 1e6);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);
const FUNCTIONS = { f: 'async', s: 'sync', e: 'either' };

/** Pieces of scripts. */
const PIECES = [
  'host.f({ 1, 2, { 3 } })', 'local ok, e = pcall(host.f, ("x"):rep(600))', 'local s = host.s(("y"):rep(2000))', 'local e = host.e(1, 2)', 'error({ host.f(1) })',
  'local x <close> = setmetatable({}, { __close = function() n = (n or 0) + 1 pcall(host.f, 1) print("c") end }) host.f()',
  'local x <close> = setmetatable({}, { __close = function(_, e) host.f(2) error(e or "own", 0) end }) host.f(1)',
  'local co = coroutine.wrap(function(a) local b = host.f(a) coroutine.yield(b) return host.f(b) end) co(1) co()',
  'g = coroutine.create(function() while true do host.f(1) coroutine.yield() end end) coroutine.resume(g)',
  'if g then pcall(coroutine.resume, g) pcall(coroutine.close, g) end',
  '_home.t = _home.t or {} _home.t[#_home.t + 1] = { a = host.f(1) }', 'for k in pairs(_home.t or {}) do host.f(k) end', '_home.t = nil', '_home.c = nil',
  'for _, row in ext.each(_home.t or ext.table(), { order = "a" }) do host.f(row) end', 'if _home.t and not next(ext.indexes(_home.t)) then pcall(ext.index, _home.t, "a") end',
  'local t = setmetatable({}, { __gc = function() pcall(host.f) local z = {} for i = 1, 50 do z[i] = {} end end }) t = nil collectgarbage()',
  'pcall(ext.transaction, function() _home.u = { 1 } pcall(host.f) error("x") end)', 'string.gsub("abc", ".", function(c) return select(2, pcall(host.f, c)) end)',
  'if not _home.c then local c = 0 _home.c = function() c = c + 1 host.f(c) return c end end', 'if _home.c then _home.c() end',
  'do return ("z"):rep(70000) end', 'print(("p"):rep(70000)) host.f(1)', 'for i = 1, 20 do local t = { host.f(i) } end', 'while true do host.f() end', 'while true do end',
  'local function down(n) if n > 0 then return 1 + down(n - 1) end return host.f(1) end down(100)', 'for a in (function() return host.f(nil) end) do break end',
  'local m = setmetatable({}, { __index = function(_, k) return host.f(k) end, __eq = function() return host.f() end }) local v = m.x, m == setmetatable({}, getmetatable(m))',
  '_io.output = { host.f(1) } _io.output.y = host.f(2)', 'xpcall(function() host.f(1) error("q") end, function(e) pcall(host.f) return debug.traceback(e) end)',
];
const PERMISSIONS = [
  { write: false }, { tables: { '_home.t': 'readonly' } }, { tables: { '_home.t': 'hidden' } }, { library: { host: false } }, { library: { 'coroutine.close': false, pcall: false } },
];

class World extends Raw {
  constructor(seed) {
    super(module, {
      js_ext_table_delete: (table, key, length) => this.stored(table, (id) => { this.store.delete(id, this.bytes(key, length).slice()); return 0; }),
      js_ext_table_size: (table) => this.stored(table, (id) => this.store.size(id)),
      js_ext_table_keys: (table, page, room) => this.stored(table, (id) => this.page(id, page, room)),
    });
    this.store = new MemoryStore();
    this.below = randomBelow(seed);
    /** One call of the store in so many fails; 0 for none. */
    this.odds = 0;
    this.epoch = 0;
    this.waiting = [];
    this.configure({ functions: FUNCTIONS });
    this.init();
  }

  chance(one) {
    return this.below(one) === 0;
  }

  /** A call of the store, which may fail; table 0 has nothing. */
  stored(table, act) {
    if (table === 0) return 0;
    return this.odds > 0 && this.chance(this.odds) ? -5 : act(table >>> 0);
  }

  set(table, key, keyLength, value, length) {
    if (table !== 0) return this.stored(table, (id) => { this.store.set(id, this.bytes(key, keyLength).slice(), this.bytes(value, length).slice()); return 0; });
    const [event] = decodeAll(this.bytes(value, length).slice());
    if (event.kind === 'error') this.waitsOn = event.waits === true;
    return 0;
  }

  get(table, key, keyLength, value, room) {
    const bytes = this.bytes(key, keyLength).slice();
    const found = table === 0 ? this.told(bytes) : this.stored(table, (id) => this.store.get(id, bytes));
    if (typeof found === 'number' || !found) return found ?? -1;
    if (found.length <= room) this.bytes(value, room).set(found);
    return found.length;
  }

  /** What table 0 has, which a host may find by computing. */
  told(key) {
    if (key[0] === 0x1b) {
      if (this.chance(60)) this.exports.compute(this.buffer, 5);
      this.last = this.randomAnswer();
      return this.chance(20) ? -7 : this.last;
    }
    const name = new TextDecoder().decode(key);
    if (name === 'tick' && this.chance(50)) {
      if (this.chance(2)) return encode('stop');
      this.exports.compute(this.buffer, 3);
    }
    return { config: this.config, answer: this.last }[name];
  }

  page(id, page, room) {
    const view = new DataView(this.exports.memory.buffer);
    const request = view.getUint32(page, true);
    const last = request % 2 ** 31 > 0 ? this.bytes(page + 4, request % 2 ** 31).slice() : undefined;
    let at = page;
    this.store.keys(id, last, request >= 2 ** 31, (key) => {
      if (at + 4 + key.length > page + room) return false;
      view.setUint32(at, key.length, true);
      this.bytes(at + 4, key.length).set(key);
      at += 4 + key.length;
      return true;
    });
    return at - page;
  }

  randomAnswer() {
    const all = [[0], [0, ...encode(1)], [0, ...encode('a'.repeat(this.below(900)))], [1, ...encode('err')], [1, ...encode({ code: 1 })], [3], [0, ...encode([1, [2]])], [9], []];
    return Uint8Array.from(this.chance(20) ? [0, ...encode('B'.repeat(80_000))] : all[this.below(all.length)]);
  }

  randomConfig() {
    if (this.chance(5)) this.epoch += 1;
    const config = { functions: FUNCTIONS, pending: 1 + this.below(30), instructions: [100_000, 20_000, 2000, 300][this.below(4)], events: { error: true, audit: true, output: true }, epoch: this.epoch };
    if (this.chance(10)) delete config.functions;
    if (this.chance(6)) config.tick = 1 + this.below(3000);
    if (this.chance(8)) config.memory = 50_000 + this.below(400_000);
    if (this.chance(8)) config.pending_memory = 1 + this.below(300_000);
    if (this.chance(8)) config.permissions = PERMISSIONS[this.below(PERMISSIONS.length)];
    if (this.chance(12)) config.atomic = true;
    if (this.chance(10)) config.home = 'xy'[this.below(2)];
    return config;
  }

  /** Runs source or a record; `ticket` is that of the compute that goes on. */
  part(source, ticket) {
    this.waitsOn = false;
    this.configure(this.randomConfig());
    this.odds = this.chance(6) ? 1 + this.below(60) : 0;
    const place = source.length > 65_536 ? this.exports.lua_alloc(0, 0, 0, source.length) : this.buffer;
    if (place === 0) {
      this.waiting.push(ticket);
      return;
    }
    this.bytes(place, source.length).set(source);
    const { status, bytes } = this.answer(this.exports.compute(place, source.length));
    if (place !== this.buffer) this.exports.lua_alloc(0, place, source.length, 0);
    if (status < 0) {
      assert.doesNotMatch(new TextDecoder().decode(bytes), /internal error/);
      if (this.waitsOn) this.waiting.push(ticket);
      return;
    }
    const left = bytes.subarray(4 + new DataView(bytes.buffer).getUint32(0, true));
    const values = left[0] === TAG_SPILLED ? this.store.get(2, encodeKey('result')) : left;
    if (values[0] === TAG_PENDING) this.waiting.push(new DataView(values.buffer, values.byteOffset).getBigInt64(1, true));
    else decodeAll(values);
  }

  goOn(answer) {
    const [ticket] = this.waiting.splice(this.below(this.waiting.length), 1);
    this.part(record(ticket, answer), ticket);
  }

  step() {
    const kind = this.below(12);
    if (kind < 7 || this.waiting.length === 0) {
      this.part(new TextEncoder().encode(Array.from({ length: 1 + this.below(4) }, () => PIECES[this.below(PIECES.length)]).join('\n')));
    } else if (kind < 10) this.goOn(this.randomAnswer());
    else if (kind === 10) this.goOn([2]);
    else if (this.chance(3)) this.exports.run_gc();
    else this.epoch += 1;
  }

  /** Cancels what waits, with a host that does all it should. */
  end() {
    this.odds = 0;
    this.configure({ functions: FUNCTIONS, pending: 1, epoch: this.epoch + 1 });
    for (const ticket of this.waiting) this.compute(record(ticket, [2]));
    this.run('n, g = nil collectgarbage()');
    this.exports.run_gc();
  }
}

function record(ticket, answer) {
  const bytes = new Uint8Array(PENDING_ANSWER_AT + answer.length);
  bytes.set([0x1b, 0x43, 0x75, 1, 2]);
  new DataView(bytes.buffer).setBigInt64(5, ticket, true);
  bytes.set(answer, PENDING_ANSWER_AT);
  return bytes;
}

test(`computes that wait over a host that does what it likes (CU_SEED=${SEED})`, (t) => {
  let most = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const world = new World(SEED + round);
    const before = world.used();
    for (let step = 0; step < 150; step += 1) {
      world.step();
      most = Math.max(most, world.waiting.length);
    }
    world.end();
    const context = `CU_SEED=${SEED + round} CU_ROUNDS=1`;
    const { status, bytes } = world.compute('host.f()');
    assert.ok(status > 0, `${context}: ${new TextDecoder().decode(bytes)}`);
    assert.ok(world.used() < before + 40_000, `${context}: ${before} bytes were in use, and now ${world.used()}`);
  }
  t.diagnostic(`at most ${most} waited at a time`);
  assert.ok(most > 5);
});
