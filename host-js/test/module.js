/**
 * The built module, for the test files that need it.
 *
 * Invariant: without dist/cu.wasm a test file fails with one line; it is never skipped.
 */

import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';

const file = new URL('../../dist/cu.wasm', import.meta.url);

/** Calls `register(module)`, which declares the tests, when there is a module. */
export async function withModule(register) {
  if (existsSync(file)) {
    register(await WebAssembly.compile(readFileSync(file)));
    return;
  }
  test('dist/cu.wasm exists', () => {
    const error = new Error('dist/cu.wasm is missing: `make wasm` builds it');
    error.stack = error.message;
    throw error;
  });
}
