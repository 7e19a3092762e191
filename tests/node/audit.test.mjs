// Audit events: they are numbered in sequence, and the module sends them only if the host asks.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Cu, HostError, MemoryStore } from '../../host-js/index.js';
import { AuditLog } from '../../host-js/node.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** An instance, and the audit events that it reports. */
async function audited(config = {}, options = {}) {
  const events = [];
  const cu = await Cu.create({
    module, config: { ...config, events: ['audit'] }, onEvent: (event) => events.push(event), ...options,
  });
  const during = (code, more) => {
    events.length = 0;
    try { cu.compute(code, more); } catch (error) { assert.match(error.name, /LuaError|HostError/); }
    return events.map(({ action, message, ...rest }) => ({ action, ...(message && { message }), ...rest }));
  };
  return { cu, events, during };
}

const actions = (events) => events.map((event) => event.action);

test('a function that is stored and restored is reported, with where it went', async () => {
  const store = new MemoryStore();
  const { during } = await audited({}, { store });
  const stored = during('_home.a = { b = { c = function() end } } _home.n = 1 return _home.a.b.c()');
  assert.deepEqual(actions(stored), ['function_persisted']);
  assert.equal(stored[0].into, '_home.a');
  assert.equal(typeof stored[0].function, 'number');
  assert.deepEqual(during('return _home.a.b.c()'), [], 'it lives already');
  const fresh = await audited({}, { store });
  assert.deepEqual(fresh.during('return _home.a.b.c()'), [
    { action: 'function_restored', kind: 'audit', sequence: 1, function: stored[0].function },
  ]);
});

test('a stored function that is forged is reported as bytecode refused', async () => {
  const store = new MemoryStore();
  (await audited({}, { store })).during('_home.f = function() return 1 end');
  const functions = 0x80000003;
  store.keys(functions, undefined, false, (key) => {
    const record = store.get(functions, key).slice();
    record[record.length - 1] ^= 1;
    store.set(functions, key, record);
    return false;
  });
  const [event, ...more] = (await audited({}, { store })).during('return _home.f()');
  assert.deepEqual(more, []);
  assert.equal(event.action, 'bytecode_refused');
  assert.match(event.message, /the function under key 'f' of _home cannot be restored/);
});

test('binary chunks are reported, loaded or refused', async () => {
  const { during } = await audited();
  const chunk = 'local c = string.dump(function() return 1 end)';
  for (const load of ['load(c, "c", "b")', 'load(c, "c", "t")', 'load(c)']) {
    const [event, ...more] = during(`${chunk} ${load}`);
    assert.equal(event.action, 'bytecode_refused', load);
    assert.match(event.message, /attempt to load a binary chunk/);
    assert.deepEqual(more, []);
  }
  assert.deepEqual(actions(during(`${chunk} load(c, "c", "t")`, { bytecode: true })), ['bytecode_refused']);
  assert.deepEqual(actions(during(Uint8Array.of(0x1b, 0x4c, 0x75, 0x61))), ['bytecode_refused']);
  assert.deepEqual(actions(during('load("return 1", "c", "b")')), [], 'that is text');
  assert.deepEqual(actions(during(`${chunk} return load(c)()`, { bytecode: true })), ['bytecode_loaded']);
  const [refused] = during(`${chunk} return load(c:sub(1, -2) .. "x", "forged")`, { bytecode: true });
  assert.equal(refused.action, 'bytecode_refused');
  assert.match(refused.message, /bad binary format/);
});

test('a refused permission is reported, also when the script catches the error', async () => {
  const { during } = await audited({ permissions: { tables: { '_home.x': 'readonly' }, library: { 'os.time': false } } });
  const events = during('pcall(function() _home.x = 1 end) pcall(os.time) return 1');
  assert.deepEqual(events.map(({ action, message }) => [action, message.replace(/^.*?:\d+: /, '')]), [
    ['permission_refused', "key 'x' of _home may not be changed: it is read-only"],
    ['permission_refused', 'os.time may not be called: it is switched off'],
  ]);
});

test('the end of an atomic compute is reported, if it changed anything', async () => {
  const { during } = await audited({ atomic: true });
  assert.deepEqual(actions(during('return 1')), []);
  assert.deepEqual(actions(during('_home.x = 1')), ['transaction_committed']);
  assert.deepEqual(actions(during('_home.x = 2 error("no")')), ['transaction_rolled_back']);
  assert.deepEqual(actions(during('error("no")')), []);
  assert.deepEqual(actions(during('ext.table().x = 1 error("no")')), ['transaction_rolled_back']);
  assert.deepEqual(actions(during('ext.table().x = 1')), ['transaction_committed']);
});

test('limits are reported with their value', async () => {
  const { during } = await audited();
  const limits = (code, config) => during(code, config).map(({ action, limit, value }) => [action, limit, value]);
  assert.deepEqual(limits('while true do end', { instructions: 1000 }), [['limit_hit', 'instructions', 1000]]);
  assert.deepEqual(limits('return ("x"):rep(1e6)', { memory: 300_000 }), [['limit_hit', 'memory', 300_000]]);
  assert.deepEqual(limits('for i = 1, 9 do print("text") end', { output: 10 }), [['limit_hit', 'output', 10]]);
  const slow = await audited({}, { rate: { operations: 5, clock: () => 0 } });
  const [first] = slow.during('for i = 1, 9 do _home[i] = i end');
  assert.deepEqual([first.action, first.limit], ['limit_hit', 'operations']);
  assert.match(first.message, /it answered -429, too many operations a second/);
});

test('the numbers of an instance rise by one, over computes and failures', async () => {
  const { cu, events } = await audited({ permissions: { write: false } });
  for (let round = 0; round < 20; round += 1) {
    assert.throws(() => cu.compute('pcall(rawset, _home, 1, 1) _home.x = 1'));
  }
  assert.deepEqual(events.map((event) => event.sequence), Array.from({ length: 40 }, (_, at) => at + 1));
});

test('without being asked for, nothing is reported or counted', async () => {
  const events = [];
  const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent: (event) => events.push(event.kind) });
  cu.compute('_home.f = function() end');
  assert.deepEqual(events, ['usage']);
});

test('a log has a line of JSON for each event, and is added to', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cu-audit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  for (const name of ['first', 'second']) {
    const log = AuditLog.open(path, { name, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), sync: name === 'second' });
    const cu = await Cu.create({ module, config: { events: ['audit', 'output'], output: 0 }, onEvent: log.handler });
    cu.compute('_home["a\\"b\\n\\xff"] = function() end print("text")');
    log.close();
  }
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.equal(lines.pop(), '');
  assert.equal(lines.length, 4);
  assert.deepEqual(lines.map((line) => JSON.parse(line)).map(({ time, instance, action, sequence }) => [time, instance, action, sequence]), [
    ['2026-01-02T03:04:05.006Z', 'first', 'function_persisted', 1],
    ['2026-01-02T03:04:05.006Z', 'first', 'limit_hit', 2],
    ['2026-01-02T03:04:05.006Z', 'second', 'function_persisted', 1],
    ['2026-01-02T03:04:05.006Z', 'second', 'limit_hit', 2],
  ]);
  assert.equal(JSON.parse(lines[0]).into, '_home["a"b\n\ufffd"]');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a log that cannot be written makes the compute fail, after its end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cu-audit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = AuditLog.open(join(folder, 'audit.jsonl'));
  log.close();
  const cu = await Cu.create({ module, config: { events: ['audit'] }, onEvent: log.handler });
  assert.throws(() => cu.compute('_home.f = function() end'), HostError);
  assert.equal(cu.compute('return type(_home.f)').value, 'function');
});
