/**
 * The disk of a store in a file (log_store.js), for Node.
 *
 * Invariant: each function reads or writes everything before it returns, in as many calls of the system as that takes.
 */

import {
  closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, lstatSync, openSync, readSync, readlinkSync, realpathSync, renameSync,
  rmSync, statSync, writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileStoreError } from '../errors.js';

// Node reads and writes at most 2 GiB at a time.
const TRANSFER_BYTES = 0x40000000;

export class NodeDisk {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  exists() {
    return existsSync(this.path);
  }

  open({ readOnly }) {
    const file = this.openFile(this.path, readOnly ? 'r' : 'r+');
    try {
      if (!readOnly) this.refuseLinks(file);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Writes PATH.new, makes it durable and renames it. */
  replace(parts) {
    const fresh = `${this.path}.new`;
    const file = new NodeFile(openSync(fresh, 'w'));
    try {
      let position = 0;
      for (const bytes of parts) {
        file.write(bytes, position, bytes.length);
        position += bytes.length;
      }
      file.sync();
      renameSync(fresh, this.path);
      return file;
    } catch (error) {
      quietly(() => file.close());
      // The next compaction overwrites it, too.
      quietly(() => rmSync(fresh, { force: true }));
      throw error;
    }
  }

  syncName() {
    syncFolder(this.path);
  }

  removeLeftovers() {
    rmSync(`${this.path}.new`, { force: true });
  }

  isFull(error) {
    return error.code === 'ENOSPC' || error.code === 'EDQUOT';
  }

  spareLength() {
    try {
      return statSync(this.sparePath).size;
    } catch {
      return 0;
    }
  }

  openSpare(isNew) {
    return new NodeFile(openSync(this.sparePath, isNew ? 'w' : 'r+'));
  }

  get sparePath() {
    return `${this.path}.spare`;
  }

  openFile(path, flags) {
    try {
      return new NodeFile(openSync(path, flags));
    } catch (cause) {
      throw new FileStoreError(path, `cannot be opened: ${cause.message}`, { cause });
    }
  }

  /** Renaming leaves the other names with the old file. */
  refuseLinks({ descriptor }) {
    const { nlink } = fstatSync(descriptor);
    if (nlink <= 1) return;
    throw new FileStoreError(this.path, `the file has ${nlink} names (hard links), and a FileStore replaces the file of one name only`);
  }
}

class NodeFile {
  constructor(descriptor) {
    this.descriptor = descriptor;
  }

  readAll() {
    return readAll(this.descriptor);
  }

  write(bytes, position, length) {
    writeAll(this.descriptor, bytes, position, length);
  }

  truncate(length) {
    ftruncateSync(this.descriptor, length);
  }

  sync() {
    fsyncSync(this.descriptor);
  }

  close() {
    closeSync(this.descriptor);
  }
}

/** All bytes of a file. */
function readAll(file) {
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
function writeAll(file, bytes, position, length) {
  let at = 0;
  while (at < length) {
    at += writeSync(file, bytes, at, Math.min(length - at, TRANSFER_BYTES), position + at);
  }
}

/** Makes a rename durable, where folders can be opened. */
function syncFolder(path) {
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

function quietly(action) {
  try {
    action();
  } catch {
    // The first failure is reported.
  }
}
