/**
 * The files that a browser loads with index.js do not need Node.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

/** Every module that one loads before it runs. */
function loaded(url, found = new Map()) {
  if (found.has(url.href)) return found;
  const source = readFileSync(url, 'utf8');
  found.set(url.href, source);
  for (const [, name] of source.matchAll(/^(?:import|export|\})[^;]*? from '([^']+)';$/gms)) {
    assert.match(name, /^\.\.?\//, `${url.href} imports ${name}`);
    loaded(new URL(name, url), found);
  }
  return found;
}

test('index.js loads only files of this package', () => {
  const files = [...loaded(new URL('../index.js', import.meta.url)).keys()];
  assert.ok(files.some((file) => file.endsWith('/store/snapshot.js')));
  assert.ok(!files.some((file) => file.endsWith('/store/file.js')));
});

test('the core loads none of the add-ons', () => {
  const files = [...loaded(new URL('../core.js', import.meta.url)).keys()].map((file) => file.split('/host-js/')[1]);
  for (const addOn of ['instance', 'class_name', 'codec/inflate', 'codec/key', 'data', 'homes', 'rate', 'read', 'transaction']) {
    assert.ok(!files.includes(`${addOn}.js`), addOn);
  }
});

test('the stores of browsers load only files of this package', () => {
  for (const name of ['archive', 'indexeddb', 'local', 'opfs']) loaded(new URL(`../store/${name}.js`, import.meta.url));
});

test('the test notices node.js', () => {
  assert.throws(() => loaded(new URL('../node.js', import.meta.url)), /imports node:fs/);
});
