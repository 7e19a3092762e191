/**
 * The compression service.
 */

import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';

import { CompressionService } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

const text = 'row after row after row '.repeat(200);
const bytes = new TextEncoder().encode(text);

test('each algorithm brings the bytes back', async () => {
  const service = new CompressionService();
  for (const algorithm of ['gzip', 'deflate', 'brotli']) {
    const result = await service.compress(text, { algorithm });
    assert.deepEqual([result.compressed, result.algorithm, result.originalSize], [true, algorithm, bytes.length]);
    assert.equal(result.compressedSize, result.data.length);
    assert.equal(result.ratio, bytes.length / result.data.length);
    assert.ok(result.ratio > 2);
    assert.deepEqual(await service.decompress(result), bytes);
  }
  assert.equal(gunzipSync((await service.compress(bytes)).data).toString(), text);
  assert.deepEqual((await service.compress(bytes.buffer)).originalSize, bytes.length);
});

test('what is short or does not become shorter stays as it is', async () => {
  const service = new CompressionService();
  assert.equal(service.threshold, 1024);
  assert.deepEqual(await service.compress('short'), { compressed: false, data: new TextEncoder().encode('short'), originalSize: 5, compressedSize: 5, ratio: 1 });
  assert.equal((await service.compress(bytes.slice(0, 1023))).compressed, false);
  assert.equal((await service.compress(bytes.slice(0, 1024))).compressed, true);
  const noise = crypto.getRandomValues(new Uint8Array(5000));
  const result = await service.compress(noise);
  assert.equal(result.compressed, false);
  assert.deepEqual(await service.decompress(result), noise);
  assert.equal((await new CompressionService({ threshold: 0 }).compress('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).compressed, true);
});

test('lz4 is refused with a reason', async () => {
  const service = new CompressionService();
  assert.equal(service.algorithms.lz4.available, false);
  for (const attempt of [() => service.compress(text, { algorithm: 'lz4' }), () => service.decompress({ compressed: true, algorithm: 'lz4', data: bytes }),
    () => service.algorithms.lz4.compress(bytes), () => service.algorithms.lz4.decompress(bytes)]) await assert.rejects(attempt, /no platform has it/);
});

test('gzip is selected, and what is there instead where it is not', async () => {
  const service = new CompressionService();
  assert.equal(service.selectAlgorithm().name, 'gzip');
  const { CompressionStream: Stream } = globalThis;
  try {
    delete globalThis.CompressionStream;
    assert.equal(service.selectAlgorithm().name, 'brotli');
    await assert.rejects(service.compress(text, { algorithm: 'gzip' }), /CompressionStream/);
  } finally {
    globalThis.CompressionStream = Stream;
  }
});

test('damaged and wrong bytes are errors', async () => {
  const service = new CompressionService();
  for (const algorithm of ['gzip', 'deflate', 'brotli']) {
    const result = await service.compress(text, { algorithm });
    await assert.rejects(service.decompress({ ...result, data: result.data.slice(0, 12) }), algorithm);
    await assert.rejects(service.decompress({ ...result, originalSize: 5 }), RangeError);
    await assert.rejects(service.decompress({ ...result, data: new Uint8Array(50).fill(7) }), algorithm);
  }
  for (const wrong of [null, 5, undefined, {}, []]) {
    await assert.rejects(service.compress(wrong), TypeError);
    await assert.rejects(service.decompress(wrong), TypeError);
  }
  for (const algorithm of ['zip', 5, 'toString', null]) await assert.rejects(service.compress(text, { algorithm }), /no algorithm/);
  await assert.rejects(service.compress(text, { algo: 'gzip' }), TypeError);
  for (const threshold of [-1, '1', NaN]) assert.throws(() => new CompressionService({ threshold }));
});

test('the caller may change its bytes meanwhile', async () => {
  const service = new CompressionService();
  const mine = bytes.slice();
  const compressing = service.compress(mine);
  mine.fill(0);
  assert.deepEqual(await service.decompress(await compressing), bytes);
});

test('an instance compresses, too', async () => {
  const lua = await start();
  const result = await lua.compressData(text);
  assert.equal(result.compressed, true);
  assert.deepEqual(await lua.decompressData(result), bytes);
});
