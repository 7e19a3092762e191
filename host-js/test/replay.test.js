/**
 * Recording and replay as a program uses them: sinks, files, traps, what ends a recording, and what is refused.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { CuError, encode, encodeKey, HostError, LuaError, MemoryStore, TrapError } from '../index.js';
import { RecordingFile } from '../node.js';
import { DivergenceError, record, Recording, RecordingError, replay } from '../replay.js';
import { sha256 } from '../replay/sha256.js';
import { inFolder } from './folder.js';
import { withModule } from './module.js';
import { rowsOf } from './replay_sessions.js';
import { BUFFER_POINTER, constant, STORE, stubModule, UNREACHABLE } from './stub.js';

/** A sink that fails after so many writes. */
function failingAfter(writes) {
  const recording = new Recording();
  let left = writes;
  return {
    recording,
    write(bytes) {
      if (left-- <= 0) throw new Error('the disk is full');
      recording.write(bytes);
    },
  };
}

test('hashes are those of SHA-256', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + length);
    assert.equal(Buffer.from(sha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'), String(length));
  }
});

test('a trap is recorded, and what the store undid is not in the replay', async () => {
  const set = 0;
  // Sets a key of table 7: the first 4 bytes of the buffer. Then it traps if the byte behind them is not 0.
  const compute = [
    ...constant(7), ...constant(BUFFER_POINTER), ...constant(4), ...constant(BUFFER_POINTER), ...constant(1), 0x10, set, 0x1a,
    ...constant(BUFFER_POINTER), 0x2d, 0, 4, 0x04, 0x40, ...UNREACHABLE, 0x0b,
    ...constant(BUFFER_POINTER), ...constant(0), ...STORE, ...constant(5),
  ];
  const module = stubModule({ compute });
  const recording = new Recording();
  const store = new MemoryStore();
  const cu = await record(recording, { module, store });
  cu.computeRaw('key1\0');
  assert.throws(() => cu.compute('key2x'), TrapError);
  assert.throws(() => cu.compute('key3\0'), TrapError);
  cu.close();
  const replayed = new MemoryStore();
  const computes = [];
  const figures = await replay(recording.bytes(), { module, store: replayed, onCompute: (compute) => computes.push(compute.number) });
  assert.deepEqual([figures.computes, figures.whole, computes], [2, true, [1]]);
  assert.deepEqual(rowsOf(replayed), rowsOf(store));
  assert.equal(store.size(7), 1);
});

await withModule(() => {
  test('a session is replayed, with its events, computes and changes', async () => {
    const recording = new Recording();
    const store = new MemoryStore();
    const seen = [];
    const cu = await record(recording, { store, now: Date.now, onEvent: (event) => seen.push(event) });
    cu.compute('_home.at = os.time() print("x")');
    assert.throws(() => cu.compute('error({ code = 7 })'), LuaError);
    cu.close();
    const events = [];
    const computes = [];
    const replayed = new MemoryStore();
    const figures = await replay(recording.bytes(), {
      store: replayed, onEvent: (event) => events.push(event), onCompute: ({ number, source, status }) => computes.push([number, Buffer.from(source).toString(), status < 0]),
    });
    assert.deepEqual(events, seen);
    assert.deepEqual(computes, [[1, '_home.at = os.time() print("x")', false], [2, 'error({ code = 7 })', true]]);
    assert.deepEqual(rowsOf(replayed), rowsOf(store));
    assert.equal(figures.bytes, recording.bytes().length);
    assert.equal(recording.blob().size, figures.bytes);
    assert.deepEqual(await replay(recording.bytes().buffer), figures);
  });

  test('what cannot be recorded is undone and ends the instance, and what was recorded can be replayed', async () => {
    let failures = 0;
    for (const buffer of [0, 65536]) {
      for (let writes = 0; ; writes++) {
        const sink = failingAfter(writes);
        const store = new MemoryStore();
        let kept = 0;
        let failure;
        try {
          const cu = await record(sink, { store, functions: { f: (x) => x } }, { buffer });
          for (const number of [1, 2]) {
            cu.compute(`_home.n = ${number} return host.f(_home.n)`);
            kept = number;
          }
          cu.close();
        } catch (error) {
          failure = error;
        }
        const value = store.get(1, encodeKey('n'));
        assert.deepEqual(value, kept === 0 ? undefined : encode(kept), `${writes} writes`);
        const bytes = sink.recording.bytes();
        if (failure === undefined) {
          assert.ok((await replay(bytes)).whole);
          break;
        }
        failures++;
        assert.ok(failure instanceof RecordingError && failure.reason === 'write', String(failure));
        assert.match(failure.message, /the recording cannot be written: the disk is full$/);
        await assert.rejects(replay(bytes), (error) => error.reason === 'cut' && (error.replayed === undefined || error.replayed.computes >= kept));
      }
    }
    assert.ok(failures > 30, `${failures}`);
  });

  test('after a failure of the sink every call is refused', async () => {
    const sink = failingAfter(9);
    const cu = await record(sink);
    for (let call = 0; call < 9; call++) {
      try {
        cu.compute('return 1');
      } catch (error) {
        assert.ok(error instanceof RecordingError);
      }
    }
    for (const action of [() => cu.compute(''), () => cu.runGc(), () => cu.memoryStats(), () => cu.begin()]) assert.throws(action, RecordingError);
    assert.throws(() => cu.close(), RecordingError);
    cu.close();
  });

  test('a commit that fails is recorded as undone', async () => {
    const store = new MemoryStore();
    const recording = new Recording();
    let isFailing = false;
    const commit = store.commit.bind(store);
    store.commit = () => {
      if (!isFailing) return commit();
      store.rollBack();
      throw new Error('no room');
    };
    const cu = await record(recording, { store });
    cu.compute('_home.a = 1');
    isFailing = true;
    assert.throws(() => cu.compute('_home.a = 2'), HostError);
    cu.close();
    const replayed = new MemoryStore();
    assert.equal((await replay(recording.bytes(), { store: replayed })).computes, 2);
    assert.deepEqual(rowsOf(replayed), rowsOf(store));
  });

  test('a file is written in order, and never over another one', async () => {
    await inFolder(async (path) => {
      const cu = await record(RecordingFile.create(path));
      cu.compute('return ("x"):rep(100000)');
      cu.close();
      cu.close();
      assert.ok((await replay(readFileSync(path))).whole);
      assert.throws(() => RecordingFile.create(path), /EEXIST/);
      assert.ok((await replay(readFileSync(path))).whole);
    });
  });

  test('the program that dies leaves what it has recorded', async () => {
    const store = new MemoryStore();
    const recording = new Recording();
    let bytes;
    const cu = await record(recording, { functions: { die: () => { bytes = recording.bytes(); } } }, { buffer: 0 });
    cu.compute('_home.b = 1');
    cu.compute('_home.c = 2 host.die()');
    await assert.rejects(replay(bytes), (error) => (
      error instanceof RecordingError && error.reason === 'cut' && error.offset === bytes.length && error.replayed.computes === 1
    ));
    const figures = await replay(bytes, { unfinished: true, store });
    assert.deepEqual([figures.computes, figures.whole, figures.bytes < bytes.length], [1, false, true]);
    // Whether the store kept what the second compute changed is not known.
    assert.equal(store.size(1), 1);
    cu.close();
  });

  test('a handler and a store that throw end the replay with their error', async () => {
    const recording = new Recording();
    const cu = await record(recording, { onEvent() {} });
    assert.throws(() => cu.compute('_home.a = 1 error("e")'));
    cu.close();
    const thrown = new Error('mine');
    const fail = () => { throw thrown; };
    for (const options of [{ onEvent: fail }, { onCompute: fail }, { store: { set: fail, delete: fail } }]) {
      await assert.rejects(replay(recording.bytes(), options), (error) => error === thrown);
    }
  });

  test('what is no recording, and options that do not exist, are refused', async () => {
    await assert.rejects(replay(new Uint8Array([0x1b, 0x43, 0x75, 1])), (error) => error.reason === 'signature' && error.offset === 3);
    await assert.rejects(replay('text'), TypeError);
    await assert.rejects(replay(new Uint8Array(9), { stores: 1 }), /no option of a replay is called stores/);
    await assert.rejects(record({}), /has no method write/);
    await assert.rejects(record(new Recording(), { stor: 1 }), /no option of an instance is called stor/);
    await assert.rejects(record(new Recording(), {}, { buffer: -1 }), /buffer is a number of bytes, and not -1/);
    await assert.rejects(record(new Recording(), {}, { size: 1 }), /no option of a recording is called size/);
    const module = await WebAssembly.compile(stubModule());
    await assert.rejects(record(new Recording(), { module }), /give its bytes or its URL/);
    const missing = new URL('missing.wasm', import.meta.url);
    await assert.rejects(record(new Recording(), { module: missing }), /cannot read file:.*missing\.wasm/);
    assert.ok(new DivergenceError({ entry: 1, offset: 2, compute: 0 }, 'a', 'b') instanceof CuError);
  });

  test('an instance that does not start leaves a recording that ends', async () => {
    const recording = new Recording();
    await assert.rejects(record(recording, { home: 'h', config: { instructions: -1 } }), LuaError);
    assert.deepEqual((await replay(recording.bytes())).computes, 1);
    let closed = 0;
    const sink = { write() { assert.fail('there is nothing to write'); }, close() { closed++; } };
    await assert.rejects(record(sink, { config: { stor: 1 } }), TypeError);
    assert.equal(closed, 1);
  });
});
