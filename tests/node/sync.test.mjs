// Two instances, or three, that change the same table at the same time, and whose messages are lost, doubled and late: in the end, when
// messages arrive, all have the same rows, whatever decides conflicts.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore, Way } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const SYNC = readFileSync(new URL('../../examples/sync.lua', import.meta.url), 'utf8');
const FEEDS = readFileSync(new URL('../lua/feeds.lua', import.meta.url), 'utf8');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 60);

/** Classes that all peers know, and whose metamethods nothing of this calls; and what there is of them in a table. */
const CLASSES = `
  local function called() error('a metamethod was called') end
  if not _home.Item then
    _home.Item = { __name = 'Item', n = 'inherited', __eq = called, __pairs = called, __len = called, __newindex = called }
    _home.Item.__index = _home.Item
    _home.Part = setmetatable({ __index = called }, _home.Item)
  end
  _home.sync.classes.Item, _home.sync.classes.Part = _home.Item, _home.Part
  function object(value, class) return setmetatable(value, _home[class]) end
  function objects(value, way, list)
    if type(value) == 'table' then
      local class = getmetatable(value)
      if class then list[#list + 1] = way .. ' ' .. (rawequal(class, _home.Item) and 'Item' or rawequal(class, _home.Part) and 'Part' or 'another') end
      for key, inner in next, value do objects(inner, way .. '/' .. tostring(key), list) end
    end
    table.sort(list)
    return list
  end`;

const STATE = new Way('_home.state');

/** An empty table of Lua is an empty list or an empty object. */
const lengthOf = (list) => Object.keys(list).length;

const MERGES = {
  none: 'nil',
  'fields of both': `function(_, older, newer)
    if type(older) ~= 'table' or type(newer) ~= 'table' then return newer end
    for name, value in next, older do if rawget(newer, name) == nil then rawset(newer, name, value) end end
    return newer
  end`,
  // None that anybody should use: it differs by who asks, and by the order.
  'a bad one': "function(key, older, newer) return ('%s+%s'):format(type(older) == 'table' and 't' or older, type(newer) == 'table' and 't' or newer):sub(-40) end",
  'nothing': 'function() return nil end',
};

class Peer {
  constructor(name, clock) {
    Object.assign(this, { name, clock, store: new MemoryStore() });
  }

  async start() {
    this.cu = await Cu.create({ module, store: this.store, now: () => this.clock.time });
    this.cu.compute(FEEDS);
    // As at the start of any program: what is there goes on.
    this.cu.compute(SYNC);
    this.cu.compute(CLASSES);
    this.cu.compute(`_home.t = _home.t or {} _home.state = _home.sync.start(_home.t, '${this.name}')`);
  }

  change(random) {
    const key = ['1', '2', "'ada'", '2.5', 'true'][random(5)];
    const row = `{ n = ${random(9)}, ${this.name} = ${random(9)}, l = { ${random(3)}, { ${random(3)} } } }`;
    const value = [
      'nil', random(5), `'${this.name}${random(9)}'`, row, `object(${row}, 'Item')`, `object({ n = 1, l = { object({}, 'Part'), object({}, 'Item') } }, 'Part')`,
    ][random(6)];
    const field = `local r = _home.t[${key}] if type(r) == 'table' and getmetatable(r) == nil then`;
    const what = [
      `_home.t[${key}] = ${value}`, `${field} r.n = ${random(9)} end`, `${field} r.${this.name} = ${value} end`,
      `${field} if r.l then table.insert(r.l, ${random(3)}) end end`, `_home.t[${key}] = nil`,
    ][random(5)];
    this.cu.compute(what);
  }

  send(to, limit) {
    return this.cu.call('_home.sync.send', [STATE, to.name, limit]).value;
  }

  receive(message, merge) {
    this.cu.compute(`merge = ${merge}`);
    const report = this.cu.call('_home.sync.receive', merge === 'nil' ? [STATE, message] : [STATE, message, new Way('merge')]).value;
    return { applied: report.applied, refused: lengthOf(report.refused) };
  }

  rows() {
    return this.cu.compute('return feeds.text(feeds.plain(_home.t)), objects(_home.t, "", {})').values;
  }
}

for (const [name, merge] of Object.entries(MERGES)) {
  for (const count of [2, 3]) {
    // With three, what two make of a conflict is in conflict with what the third makes of it, so the function must not mind the order.
    if (count === 3 && name === 'a bad one') continue;
    test(`${count} instances, merge: ${name}`, async () => {
      for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
        const random = randomBelow(seed);
        const clock = { time: 1_700_000_000_000 };
        const peers = Array.from({ length: count }, (_, at) => new Peer('abc'[at], clock));
        for (const peer of peers) await peer.start();
        const context = `CU_SEED=${seed} CU_ROUNDS=1`;
        const network = [];
        const pair = () => {
          const from = random(count);
          return [peers[from], peers[(from + 1 + random(count - 1)) % count]];
        };
        for (let step = 0; step < 30; step += 1) {
          const what = random(10);
          clock.time += random(3) * 1000;
          if (what < 5) peers[random(count)].change(random);
          else if (what < 7) {
            const [from, to] = pair();
            network.push([to, structuredClone(from.send(to, 1 + random(4)))]);
          } else if (what < 9 && network.length > 0) {
            // Some are lost, some come twice, and any comes first.
            const at = random(network.length);
            const [to, message] = network[at];
            if (random(3) > 0) network.splice(at, 1);
            if (random(4) > 0) to.receive(message, merge);
          } else await peers[random(count)].start();
        }
        let quiet = 0;
        for (let round = 0; quiet < count * count; round += 1) {
          assert.ok(round < 200, `${context}: it does not come to an end`);
          const from = peers[round % count];
          const to = peers[(round + 1 + (Math.floor(round / count) % (count - 1))) % count];
          const message = from.send(to, 100);
          const { applied, refused } = to.receive(structuredClone(message), merge);
          assert.equal(refused, 0, context);
          quiet = applied === 0 && lengthOf(message.rows) === 0 ? quiet + 1 : 0;
        }
        const rows = peers.map((peer) => peer.rows());
        for (const other of rows) assert.deepEqual(other, rows[0], context);
      }
    });
  }
}

/** Two tables of one instance, which exchange messages that no host turns into its own values. */
const BOTH = `_home.a, _home.b = {}, {}
  ${SYNC}
  a, b = _home.sync.start(_home.a, 'a'), _home.sync.start(_home.b, 'b')
  function exchange()
    local applied = 0
    for _ = 1, 3 do
      applied = applied + _home.sync.receive(b, _home.sync.send(a, 'b')).applied + _home.sync.receive(a, _home.sync.send(b, 'a')).applied
    end
    return applied
  end`;

test('a number of another subtype is another value', async () => {
  const cu = await Cu.create({ module, now: () => 1_700_000_000_000 });
  cu.compute(BOTH);
  for (const value of ['1', '1.0', '0', '0.0', '-0.0', '0.0', '{ 2 }', '{ 2.0 }', '0/0']) {
    cu.compute(`_home.a.x = ${value} assert(exchange() > 0)`);
    assert.deepEqual(cu.compute(`local function shown(v) return type(v) == 'table' and shown(v[1]) or ('%s %s'):format(math.type(v), v) end
      return shown(_home.b.x) == shown(_home.a.x), exchange()`).values, [true, 0], value);
  }
});

test('to start again goes on, under another name it is refused, and after a stop it begins anew', async () => {
  const cu = await Cu.create({ module, now: () => 1_700_000_000_000 });
  cu.compute(BOTH);
  cu.compute(`_home.a.x = 1 exchange() ${SYNC}`);
  assert.deepEqual(cu.compute("return _home.sync.start(_home.a, 'a') == a").values, [true]);
  assert.throws(() => cu.compute("_home.sync.start(_home.a, 'c')"), /the table is synchronised as a already/);
  assert.deepEqual(cu.compute("_home.a.x = 2 exchange() return _home.b.x").values, [2]);
  assert.deepEqual(cu.compute("return _home.sync.stop(_home.a), _home.sync.stop(_home.a)").values, [true, false]);
  // Its old name has a history that only others know.
  cu.compute("a = _home.sync.start(_home.a, 'a')");
  for (const code of ["_home.sync.receive(a, _home.sync.send(b, 'a'))", "_home.sync.receive(b, _home.sync.send(a, 'b'))"]) {
    assert.throws(() => cu.compute(code), /a has begun anew: what others know of it is of another state/, code);
  }
  cu.compute("_home.sync.stop(_home.a) a = _home.sync.start(_home.a, 'anew') _home.a.x = 3");
  assert.deepEqual(cu.compute("_home.sync.receive(b, _home.sync.send(a, 'b')) return _home.b.x").values, [3]);
});

test('an object whose class has no name on the other side is refused there until it has one', async () => {
  const cu = await Cu.create({ module, now: () => 1e12 });
  cu.compute(BOTH);
  cu.compute(`Note = { __index = { text = function(self) return self[1] .. '!' end } }
    _home.sync.classes.Note = Note
    _home.a.x = { setmetatable({ 'hello' }, Note) }
    message = _home.sync.send(a, 'b')
    _home.sync.classes.Note = nil`);
  const { value: report } = cu.compute('return _home.sync.receive(b, message)');
  assert.equal(report.applied, 0);
  assert.match(report.refused[0].error, /^no class is called Note: _home.sync.classes.Note is missing/);
  cu.compute('_home.sync.classes.Note = Note');
  assert.equal(cu.compute('return _home.sync.receive(b, message).applied').value, 1);
  assert.deepEqual(cu.compute('return _home.b.x[1]:text(), exchange(), _home.a.x[1]:text(), rawequal(_home.a.x, _home.b.x)').values, ['hello!', 0, 'hello!', false]);
});

test('without a clock it does not start', async () => {
  const cu = await Cu.create({ module });
  assert.throws(() => cu.compute(BOTH), /the host has no clock/);
});

test('who has an older copy of its store is told, and goes on under another name', async () => {
  const clock = { time: 1_700_000_000_000 };
  const [a, b] = ['a', 'b'].map((name) => new Peer(name, clock));
  for (const peer of [a, b]) await peer.start();
  const exchange = () => {
    for (let turn = 0; turn < 2; turn += 1) {
      b.receive(a.send(b, 10), 'nil');
      a.receive(b.send(a, 10), 'nil');
    }
  };
  a.cu.compute('_home.t.x = 1');
  exchange();
  const copy = a.store.snapshot();
  a.cu.compute('_home.t.x = 2 _home.t.y = 2');
  exchange();
  a.store = MemoryStore.fromSnapshot(copy);
  await a.start();
  a.cu.compute('_home.t.z = 3');
  assert.throws(() => a.receive(b.send(a, 10), 'nil'), /a went back to an older state: what others know of it is of a newer one, so it needs another name/);
  a.cu.compute("_home.sync.stop(_home.t)");
  a.name = 'anew';
  a.cu.compute("_home.state = _home.sync.start(_home.t, 'anew')");
  exchange();
  assert.deepEqual(a.rows(), b.rows());
  assert.deepEqual(b.cu.compute('return _home.t.x, _home.t.y, _home.t.z').values, [2, 2, 3]);
});

test('a conflict says who made each version, and when; what waits is counted', async () => {
  const clock = { time: 1_700_000_000_000 };
  const [a, b] = ['a', 'b'].map((name) => new Peer(name, clock));
  for (const peer of [a, b]) await peer.start();
  const waiting = () => a.cu.call('_home.sync.waiting', [STATE, 'b']).value;
  a.cu.compute('_home.t.x = "of a" _home.t.y = 1');
  assert.equal(waiting(), 2);
  clock.time += 5000;
  b.cu.compute('_home.t.x = "of b"');
  const { conflicts } = b.cu.call('_home.sync.receive', [STATE, a.send(b, 10)]).value;
  assert.deepEqual(conflicts, [{
    key: 'x', mine: 'of b', theirs: 'of a', kept: 'mine', mine_by: 'b', mine_time: 1_700_000_005, theirs_by: 'a', theirs_time: 1_700_000_000,
  }]);
  a.receive(b.send(a, 10), 'nil');
  assert.equal(waiting(), 0);
});
