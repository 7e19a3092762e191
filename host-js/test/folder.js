/**
 * Stores in files of a folder that is removed after the test.
 *
 * Invariant: two contents are equal exactly if their texts are.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileStore } from '../node.js';

/** Runs `check(path)` with a path in a folder that is removed afterwards. */
export async function inFolder(check) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-store-'));
  try {
    await check(join(folder, 'tables'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The content of the store in a file, which is opened for this only. */
export function contentOf(path, options) {
  const store = FileStore.open(path, options);
  const snapshot = store.snapshot();
  store.close();
  return Buffer.from(snapshot).toString('hex');
}

/** The content of an open store. */
export const content = (store) => Buffer.from(store.snapshot()).toString('hex');

/** The content of a file as it is now, while a store is writing it. */
export function durable(path) {
  copyFileSync(path, `${path}.copy`);
  try {
    return contentOf(`${path}.copy`);
  } finally {
    rmSync(`${path}.copy`);
  }
}
