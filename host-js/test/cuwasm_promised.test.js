/**
 * Every name that the documents of the earlier project promise is there, and has a row in docs/javascript.md; so has every other method.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import * as cuwasm from '../cuwasm/index.js';

const page = readFileSync(new URL('../../docs/javascript.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('|')).join('\n');

const METHODS = {
  CuWASM: ['load', 'init', 'compute', 'eval', 'saveState', 'loadState', 'getMemoryStats', 'runGc', 'gc', 'readBuffer', 'getTableInfo', 'getIoTableId',
    'getHomeTableId', 'setInput', 'getOutput', 'setInputField', 'getOutputField', 'setMetadata', 'clearIo', 'getLastError', 'persistFunction', 'restoreFunction',
    'validateFunction', 'batchTableOperations', 'createIndex', 'dropIndex', 'queryTable', 'compressData'],
  IoWrapper: ['computeWithIo', 'processStream', 'request'],
  AdvancedStorageManager: ['setValue', 'getValue', 'deleteValue', 'persistFunction', 'restoreFunction', 'processBatch', 'beginTransaction', 'commitTransaction',
    'rollbackTransaction'],
  QueryEngine: ['createIndex', 'dropIndex', 'query', 'rangeQuery', 'getQueryPlan', 'optimizeQuery'],
  IndexManager: [],
  CompressionService: ['compress', 'selectAlgorithm'],
};

/** Of samples that show how it worked inside: the page says what does that here. */
const INNER = ['EnhancedLuaInstance', 'functionCache', 'getCachedFunction', 'loadFromStorage', 'optimizeBatchSize', 'estimateOperationSize', 'findAvailableIndex',
  'supportsOperator', 'estimateIndexCost', 'GzipCompression', 'BrotliCompression', 'LZ4Compression', 'dbSchema', 'process_batch_operation', 'loadWasm', 'ext_table_new'];

const OPTIONS = ['memorySize', 'autoRestore', 'compression', 'validation', 'clearBefore', 'metadata', 'batchSize', 'threshold', 'limit', 'operator', 'storage', 'autosave',
  'onError', 'measure'];

for (const [name, promised] of Object.entries(METHODS)) {
  test(`${name} has what was promised, and the page tells of all that it has`, () => {
    const { prototype } = cuwasm[name];
    for (const method of promised) assert.equal(typeof prototype[method], 'function', method);
    const isInner = (method) => ['constructor', 'algorithm', 'outputOf'].includes(method);
    for (const method of Object.getOwnPropertyNames(prototype).filter((one) => !isInner(one))) {
      assert.match(rows, new RegExp(`\\b${method}\\b`), `${name}.${method} has no row`);
    }
  });
}

test('names of classes and options are on the page', () => {
  for (const name of Object.keys(cuwasm).filter((one) => one !== 'default')) assert.match(page, new RegExp(`\\b${name}\\b`), name);
  for (const name of INNER) assert.match(rows, new RegExp(`\\b${name}\\b`), name);
  for (const option of OPTIONS) assert.match(rows, new RegExp(`\\b${option}\\b`), option);
});

test('a page of a browser loads only files of this package', () => {
  const found = new Set();
  const visit = (url) => {
    if (found.has(url.href)) return;
    found.add(url.href);
    const source = readFileSync(url, 'utf8');
    assert.ok(!/['"]node:/.test(source) || url.pathname.endsWith('/module.js'), url.href);
    for (const [, name] of source.matchAll(/^(?:import|export|\})[^;]*? from '([^']+)';$/gms)) {
      assert.match(name, /^\.\.?\//, `${url.href} imports ${name}`);
      visit(new URL(name, url));
    }
  };
  visit(new URL('../cuwasm/index.js', import.meta.url));
  assert.ok(found.size > 30);
});
