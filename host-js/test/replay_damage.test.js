/**
 * Recordings that are cut, damaged or changed: whatever it is, the replay ends with an error that names the entry.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import {
  RECORDING_CALL, RECORDING_END, RECORDING_HEAD_BYTES, RECORDING_IMPORT, RECORDING_MODULE, RECORDING_RETURN,
} from '../abi.js';
import { MemoryStore } from '../index.js';
import { DivergenceError, record, Recording, RecordingError, replay } from '../replay.js';
import { EntryReader } from '../replay/reader.js';
import { EntryWriter } from '../replay/writer.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';

/** A short session with every kind of answer. */
async function small() {
  const recording = new Recording();
  const cu = await record(recording, {
    config: { events: ['audit'], instructions: 100_000 }, now: () => 1000, functions: { f: (x) => x + 1 }, onEvent() {},
  });
  cu.compute('_home.a = { 1, "x" } return os.time(), host.f(1), #_home.a');
  cu.memoryStats();
  assert.throws(() => cu.compute('print("p") error("no")'));
  cu.compute('for key in pairs(_home) do _home[key] = nil end return ext.size(_home)');
  cu.close();
  return recording.bytes();
}

/** The entries, each with its body. */
function entriesOf(bytes) {
  const reader = new EntryReader(bytes);
  const entries = [];
  for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
    entries.push({ ...entry, end: reader.at, body: bytes.slice(entry.offset + RECORDING_HEAD_BYTES, reader.at) });
  }
  return entries;
}

/** A recording of these bodies, with checksums that fit. */
function sealed(bodies) {
  const parts = [];
  const writer = new EntryWriter((bytes) => parts.push(bytes));
  for (const body of bodies) {
    writer.begin(body[0]);
    writer.block(body, 1, body.length - 1);
    writer.end();
  }
  writer.flush();
  return Uint8Array.from(Buffer.concat(parts));
}

/** An instance that changes the last byte of a key, or the first one of what a call leaves, when `isNow` says so. */
async function other(instantiate, module, env, isNow, inImports) {
  let memory;
  const flip = (at) => { new Uint8Array(memory.buffer)[at] ^= 0x40; };
  const changed = Object.entries(env).map(([name, answer]) => [name, (table, key, length, ...more) => {
    const isKeys = name.endsWith('keys');
    if (inImports && !name.endsWith('size') && isNow()) flip(isKeys ? key : key + length - 1);
    return answer(table, key, length, ...more);
  }]);
  const { exports } = await instantiate(module, { env: Object.fromEntries(changed) });
  ({ memory } = exports);
  const left = (name, at) => (...args) => {
    const answer = exports[name](...args);
    if (!inImports && isNow()) flip(at(args));
    return answer;
  };
  return { exports: { ...exports, compute: left('compute', () => exports.get_buffer_ptr()), get_memory_stats: left('get_memory_stats', ([at]) => at) } };
}

const ended = (promise) => promise.then((value) => ({ value }), (error) => ({ error }));

await withModule(() => {
  test('a recording that is cut at any byte is replayed as far as it goes, and says where it ends', async () => {
    const bytes = await small();
    const entries = entriesOf(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const { error } = await ended(replay(bytes.subarray(0, length)));
      assert.ok(error instanceof RecordingError, `${length}: ${error}`);
      const inside = Math.max(0, entries.findIndex((entry) => entry.end > length));
      assert.deepEqual([error.reason, error.entry, error.offset], ['cut', inside, length], error.message);
      assert.match(error.message, new RegExp(`\\b${length}\\b`));
      if (inside === 0) {
        assert.equal(error.replayed, undefined);
        continue;
      }
      const whole = entries.slice(0, inside);
      const returns = whole.filter(({ kind }) => kind === RECORDING_RETURN).length;
      assert.deepEqual([error.replayed.calls, error.replayed.whole], [returns, false], `${length}`);
      if (length % 16 === 0) assert.deepEqual(await replay(bytes.subarray(0, length), { unfinished: true }), error.replayed);
    }
    assert.ok((await replay(bytes)).whole);
  });

  test('a byte that was changed is seen in every place', async () => {
    const bytes = await small();
    const entries = entriesOf(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] ^= 1 << at % 8;
      const { error } = await ended(replay(changed));
      assert.ok(error instanceof RecordingError, `${at}: ${error}`);
      if (at < entries[0].offset) {
        assert.deepEqual([error.reason, error.offset], [at === 6 ? 'version' : 'signature', at]);
      } else {
        assert.deepEqual([error.reason, error.entry], ['damaged', entries.findIndex((entry) => entry.end > at)], error.message);
      }
    }
  });

  test('another byte of what the module sends is a divergence at its entry, and any other change is no crash', async (t) => {
    t.diagnostic(`CU_SEED=${seed}`);
    const below = randomBelow(seed);
    const entries = entriesOf(await small());
    const bodies = entries.map(({ body }) => body);
    const counts = { divergences: 0, refused: 0, same: 0 };
    for (const [number, { kind, key, value, body }] of entries.entries()) {
      for (let at = 0; at < body.length; at++) {
        const changed = bodies.map((each) => each.slice());
        changed[number][at] ^= 1 + below(255);
        const { value: replayed, error } = await ended(replay(sealed(changed)));
        const place = `entry ${number} of kind ${kind}, byte ${at}: ${error}`;
        if (error === undefined) {
          assert.ok(replayed.whole, place);
          counts.same++;
          // What the module got need not matter to it, nor the name of the module to anybody.
          if (kind === RECORDING_MODULE) assert.ok(at > 32, place);
          else if (kind === RECORDING_IMPORT) assert.ok(at >= 10 && at < 14 || at >= 22 + key.length + value.length, place);
          else assert.equal(kind, RECORDING_CALL, place);
          continue;
        }
        assert.ok(error instanceof DivergenceError || error instanceof RecordingError, place);
        if (error instanceof RecordingError) {
          assert.ok(['malformed', 'module', 'cut'].includes(error.reason), place);
          counts.refused++;
        } else {
          counts.divergences++;
        }
        assert.ok(error.entry >= number, place);
        const isSent = kind === RECORDING_RETURN || kind === RECORDING_IMPORT && (at < 10 || at >= 14 && at < 22 + key.length + value.length);
        if (isSent) assert.equal(error.entry, number, place);
      }
    }
    t.diagnostic(JSON.stringify(counts));
    assert.ok(counts.divergences > 500 && counts.refused > 50, JSON.stringify(counts));
  });

  test('a module that gives something else, or answers something else, is stopped at that entry', async () => {
    const bytes = await small();
    const entries = entriesOf(bytes);
    const imports = entries.filter(({ kind, key }) => kind === RECORDING_IMPORT && key.length > 0);
    const returns = entries.filter(({ kind, left }) => kind === RECORDING_RETURN && left.length > 0);
    const { instantiate } = WebAssembly;
    for (const [list, number] of [imports, returns].flatMap((all) => all.map((entry, place) => [all, place]))) {
      let left = number;
      WebAssembly.instantiate = (module, { env }) => other(instantiate, module, env, () => left-- === 0, list === imports);
      try {
        const { error } = await ended(replay(bytes));
        assert.ok(error instanceof DivergenceError, String(error));
        assert.equal(error.entry, list[number].number, error.message);
      } finally {
        WebAssembly.instantiate = instantiate;
      }
    }
    assert.ok(imports.length > 20 && returns.length > 3, `${imports.length}, ${returns.length}`);
  });

  test('an entry that is left out, doubled or in another place is an error', async () => {
    const bodies = entriesOf(await small()).map(({ body }) => body);
    for (let number = 0; number < bodies.length; number++) {
      const [body] = bodies.slice(number, number + 1);
      const without = [...bodies.slice(0, number), ...bodies.slice(number + 1)];
      const doubled = [...bodies.slice(0, number), body, ...bodies.slice(number)];
      for (const changed of [without, doubled]) {
        const { error, value } = await ended(replay(sealed(changed)));
        // Whether the host asks for the size of the buffer once or twice is all the same to the module.
        if (error === undefined) assert.ok(value.whole);
        else assert.ok(error instanceof DivergenceError || error instanceof RecordingError, `${number}: ${error}`);
        if (body[0] !== RECORDING_CALL && body[0] !== RECORDING_RETURN) assert.ok(error, `${number}`);
      }
    }
    assert.deepEqual(Buffer.from(sealed(bodies)), Buffer.from(await small()));
  });

  test('another module is refused by its name', async () => {
    const minimal = readFileSync(new URL('../../target/cu-minimal.wasm', import.meta.url));
    const message = /^the recording is of another module: cu [\d.]+ with bigint, data, deflate, SHA-256 [\da-f]{64}; this one is cu [\d.]+, SHA-256/;
    const { error } = await ended(replay(await small(), { module: minimal }));
    assert.ok(error instanceof RecordingError && error.reason === 'module', String(error));
    assert.match(error.message, message);
  });

  test('a divergence says what was recorded, and what came', async () => {
    const entries = entriesOf(await small());
    const at = entries.findIndex(({ kind, table, value }) => kind === RECORDING_IMPORT && table === 1 && value.length > 0);
    const bodies = entries.map(({ body }) => body.slice());
    bodies[at][bodies[at].length - 1] ^= 1;
    const store = new MemoryStore();
    const { error } = await ended(replay(sealed(bodies), { store }));
    assert.deepEqual([error.name, error.entry, error.offset, error.compute], ['DivergenceError', at, entries[at].offset, 1]);
    assert.match(error.message, /^entry \d+ at byte \d+, in compute 1: recorded is set\(table 1, key 016100, value .*\), and there came set\(table 1, /);
    assert.match(error.message, /; the first difference is byte \d+ of the value$/);
    assert.equal(store.size(1), 0);
    assert.equal(entries.at(-1).kind, RECORDING_END);
  });
});
