/**
 * The list of what a worker can be asked, compared with the classes: whoever adds a method there is told of the list.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { CuWASM as LocalCuWASM } from '../cuwasm/index.js';
import { Data } from '../data.js';
import { Cu } from '../index.js';
import { CuWASM, WorkerCu } from '../worker/index.js';
import { isMethod, METHODS, ON_PAGE } from '../worker/methods.js';

/** The names that a class and those it extends have. */
function namesOf(Class) {
  const names = new Set();
  for (let prototype = Class.prototype; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    for (const name of Object.getOwnPropertyNames(prototype)) names.add(name);
  }
  names.delete('constructor');
  return [...names].sort();
}

for (const [target, Class] of Object.entries({ cu: Cu, data: Data, cuwasm: LocalCuWASM })) {
  test(`a worker has every method of ${Class.name}, and its page the rest`, () => {
    const listed = [...METHODS[target], ...ON_PAGE[target]];
    for (const name of namesOf(Class)) assert.ok(listed.includes(name), `${name} of ${Class.name} is neither in METHODS.${target} nor in ON_PAGE.${target} of worker/methods.js`);
  });
}

test('what is listed is there', () => {
  const ofWorkers = { cu: ['getHomeTable', 'setHomeTable'], cuwasm: ['callFunction', 'computeWithIo', 'request'], data: [] };
  for (const [target, Class] of Object.entries({ cu: Cu, data: Data, cuwasm: LocalCuWASM })) {
    const names = [...namesOf(Class), ...ofWorkers[target]];
    for (const name of [...METHODS[target], ...ON_PAGE[target]]) assert.ok(names.includes(name), `${target}.${name}`);
  }
});

test('the page has each of them, and those of itself that a program may call', () => {
  const page = namesOf(WorkerCu);
  for (const name of [...METHODS.cu, 'close', 'transaction', 'homeTable', 'with', 'open', 'stop', 'rows', 'processStream']) assert.ok(page.includes(name), name);
  const old = namesOf(CuWASM);
  for (const name of METHODS.cuwasm) if (name !== 'callFunction') assert.ok(old.includes(name), name);
});

/** The declarations of a class. */
function bodyOf(file, name) {
  const types = readFileSync(new URL(`../${file}.d.ts`, import.meta.url), 'utf8');
  return new RegExp(`class ${name} [^]*?\\{\\n([^]*?)^\\}`, 'm').exec(types)[1];
}

test('a worker has what the stores of this package have beside their tables', () => {
  // A worker calls these by itself: each of its calls has the turn, and its end closes the store.
  const byItself = ['turn', 'close', 'computeEnded', 'rotation'];
  const ofTables = ['get', 'set', 'delete', 'size', 'keys', 'lend', 'nextTable', 'begin', 'commit', 'rollBack'];
  for (const [file, name] of [['store/indexeddb', 'IndexedDBStore'], ['store/opfs', 'OPFSStore'], ['node', 'FileStore'], ['encrypted', 'EncryptedStore'], ['index', 'MemoryStore']]) {
    const body = bodyOf(file, name) + (file === 'node' || file === 'store/opfs' ? bodyOf('store/log_store', 'LogStore') : '');
    const methods = [...body.matchAll(/^ {2}(\w+)(?:<\w+>)?\(/gm)].map((match) => match[1]);
    assert.ok(methods.includes('snapshot') || name === 'IndexedDBStore', name);
    for (const method of methods) {
      assert.ok([...byItself, ...ofTables, ...METHODS.store].includes(method), `${name}.${method} is not in METHODS.store of worker/methods.js`);
    }
  }
});

test('no other name is a method', () => {
  for (const [target, name] of [['cu', 'constructor'], ['cu', '__proto__'], ['constructor', 'compute'], ['__proto__', 'toString'], ['cu', 'query'], ['', '']]) {
    assert.equal(isMethod(target, name), false, `${target}.${name}`);
  }
});
