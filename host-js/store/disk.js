/**
 * Whole reads and writes of a file, for Node.
 *
 * Invariant: each function reads or writes everything before it returns, in as many calls of the system as that takes.
 */

import {
  closeSync, fstatSync, fsyncSync, lstatSync, openSync, readSync, readlinkSync, realpathSync, writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

// Node reads and writes at most 2 GiB at a time.
const TRANSFER_BYTES = 0x40000000;

/** All bytes of a file. */
export function readAll(file) {
  const bytes = new Uint8Array(fstatSync(file).size);
  let at = 0;
  while (at < bytes.length) {
    const read = readSync(file, bytes, at, Math.min(bytes.length - at, TRANSFER_BYTES), at);
    if (read === 0) break;
    at += read;
  }
  return bytes.subarray(0, at);
}

/** Writes the first `length` bytes at `position` of the file. */
export function writeAll(file, bytes, position, length) {
  let at = 0;
  while (at < length) {
    at += writeSync(file, bytes, at, Math.min(length - at, TRANSFER_BYTES), position + at);
  }
}

/** Makes a rename durable, where folders can be opened. */
export function syncFolder(path) {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Where a file is or would be created, whatever symbolic links lead to it. */
export function realPathOf(path) {
  const found = orUndefined(() => realpathSync(path));
  if (found !== undefined) return found;
  // A link to a file that is not there yet.
  const entry = orUndefined(() => lstatSync(path));
  if (entry !== undefined && entry.isSymbolicLink()) return realPathOf(resolve(dirname(path), readlinkSync(path)));
  const whole = resolve(path);
  const folder = orUndefined(() => realpathSync(dirname(whole)));
  return folder === undefined ? whole : join(folder, basename(whole));
}

/** What a look at a path finds, undefined where there is nothing. */
function orUndefined(look) {
  try {
    return look();
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
