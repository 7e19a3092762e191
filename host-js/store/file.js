/**
 * A store in one file, for Node: tables in memory, every change appended to a log.
 *
 *   offset 0    4 bytes   "cuFS"
 *          4    u8        version, 2; version 1 has no units in its log, and is rewritten when it is opened
 *          5    u32       length of the snapshot, S
 *          9    u32       CRC-32 of bytes 0 to 8
 *         13    S bytes   snapshot, see snapshot.js
 *         13+S  records   changes since then, see log.js
 *
 * Changes gather in a batch. It is written when it is full, and `flush` makes it durable. Compaction replaces this file by
 * one that has a snapshot only:
 *
 *   1. write PATH.new and make it durable    a crash leaves PATH as it was; the next open overwrites PATH.new
 *   2. rename PATH.new to PATH               PATH is always there, and whole
 *   3. make the folder durable
 *
 * Invariant: the next open finds all that was flushed, whatever happens to this process. Of later changes it finds the
 * first ones up to some point. It finds all changes of a unit or none.
 */

import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ABSENT } from '../abi.js';
import { Block } from '../block.js';
import { FileStoreError, SnapshotError } from '../errors.js';
import { checksum } from './checksum.js';
import { readAll, syncFolder, writeAll } from './disk.js';
import { Lock } from './lock.js';
import {
  BEGIN, COMMIT, DAMAGED, DELETE, RECORD_HEAD_BYTES, SET, WHOLE, readRecords, writeRecord,
} from './log.js';
import { MemoryStore } from './memory.js';
import { WORD_BYTES, readWord, writeWord } from './words.js';

const MAGIC = [0x63, 0x75, 0x46, 0x53];
const VERSION = 2;
const FIRST_VERSION = 1;
const VERSION_AT = MAGIC.length;
const LENGTH_AT = VERSION_AT + 1;
const SUM_AT = LENGTH_AT + WORD_BYTES;
const HEAD_BYTES = SUM_AT + WORD_BYTES;

// A longer record is written by itself.
const BATCH_BYTES = 0x40000;

// A log is compacted when it is longer than this and than twice the snapshot before it.
const LOG_BYTES = 0x400000;

// No unit has been written to the log.
const NOWHERE = -1;

// No room for a value, when only its length is asked for.
const NO_ROOM = -1;

export class FileStore {
  /**
   * Opens the store in a file, which is created when it is not there.
   * @param {string} path
   * @param {{ flushAfterCompute?: boolean, repair?: boolean }} [options]
   *   flushAfterCompute: default true; repair: cut a damaged log before the first damaged byte
   * @returns {FileStore}
   */
  static open(path, options = {}) {
    const real = existsSync(path) ? realpathSync(path) : resolve(path);
    const lock = new Lock(real);
    try {
      return new FileStore(real, lock, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Use `FileStore.open`. */
  constructor(path, lock, { flushAfterCompute = true, repair = false }) {
    this.path = path;
    this.lock = lock;
    this.flushAfterCompute = flushAfterCompute;
    this.batch = new Block(new Uint8Array(BATCH_BYTES));
    this.batchLength = 0;
    /** Whether there are changes that are not durable. */
    this.changed = false;
    /** @type {FileStoreError | undefined} why nothing can be written any more */
    this.failure = undefined;
    this.file = -1;
    this.snapshotLength = 0;
    this.logLength = 0;
    /** Where the open unit begins in the log, the batch included, when it has changes. */
    this.unitStart = NOWHERE;
    if (existsSync(path)) {
      this.load(repair);
    } else {
      this.memory = new MemoryStore();
      this.compact();
    }
  }

  get(table, key) {
    return this.memory.get(table, key);
  }

  lend(table, key) {
    return this.memory.lend(table, key);
  }

  size(table) {
    return this.memory.size(table);
  }

  keys(table, after, descending, emit) {
    this.memory.keys(table, after, descending, emit);
  }

  nextTable(after) {
    return this.memory.nextTable(after);
  }

  set(table, key, value) {
    this.setAt(table, this.memory.inScratch(key, value), 0, key.length, key.length, value.length);
  }

  delete(table, key) {
    this.deleteAt(table, this.memory.inScratch(key), 0, key.length);
  }

  getAt(table, block, key, keyLength, into, room) {
    return this.memory.getAt(table, block, key, keyLength, into, room);
  }

  setAt(table, block, key, keyLength, value, length) {
    this.checkWritable();
    this.memory.setAt(table, block, key, keyLength, value, length);
    this.append(SET, table, block, key, keyLength, value, length);
  }

  deleteAt(table, block, key, keyLength) {
    this.checkWritable();
    if (this.memory.getAt(table, block, key, keyLength, 0, NO_ROOM) === ABSENT) return;
    this.memory.deleteAt(table, block, key, keyLength);
    this.append(DELETE, table, block, key, keyLength, 0, 0);
  }

  keysAt(table, block, after, afterLength, descending, into, end) {
    return this.memory.keysAt(table, block, after, afterLength, descending, into, end);
  }

  // ---- units of changes ----

  get canRollBack() {
    return true;
  }

  get version() {
    return this.memory.version;
  }

  begin() {
    this.memory.begin();
  }

  // After a failure nothing is written, and the next open does not find this unit.
  commit() {
    const isEmpty = this.unitStart === NOWHERE;
    this.unitStart = NOWHERE;
    this.memory.commit();
    if (!isEmpty && this.failure === undefined) this.append(COMMIT, 0, this.batch, 0, 0, 0, 0);
  }

  rollBack() {
    const start = this.unitStart;
    this.unitStart = NOWHERE;
    this.memory.rollBack();
    if (start !== NOWHERE && this.failure === undefined) this.cutLog(start);
  }

  /** All tables as one byte string, for `MemoryStore.fromSnapshot`. */
  snapshot() {
    return this.memory.snapshot();
  }

  computeEnded() {
    if (this.flushAfterCompute) this.flush();
  }

  /** Makes every change so far durable. */
  flush() {
    this.checkWritable();
    if (!this.changed) return;
    this.attempt(() => {
      this.writeBatch();
      fsyncSync(this.file);
    });
    this.changed = false;
    if (!this.memory.inUnit && this.logLength > LOG_BYTES && this.logLength > 2 * this.snapshotLength) this.compact();
  }

  /** Flushes and lets others open the file. Does nothing the second time. */
  close() {
    if (this.file < 0) return;
    try {
      if (this.failure === undefined) this.flush();
    } finally {
      closeSync(this.file);
      this.file = -1;
      this.failure = new FileStoreError(this.path, 'the store is closed');
      this.lock.release();
    }
  }

  /** Rewrites the file as one snapshot, without the log of changes; also flushes. */
  compact() {
    this.checkWritable();
    if (this.memory.inUnit) throw new FileStoreError(this.path, 'no compaction while a unit of changes is open');
    const snapshot = this.memory.snapshot();
    if (snapshot.length > 0xffffffff) {
      throw new FileStoreError(this.path, `a snapshot of ${snapshot.length} bytes; at most ${0xffffffff} fit`);
    }
    this.attempt(() => {
      const fresh = `${this.path}.new`;
      // Step 1.
      const file = openSync(fresh, 'w');
      try {
        writeAll(file, head(snapshot.length), 0, HEAD_BYTES);
        writeAll(file, snapshot, HEAD_BYTES, snapshot.length);
        fsyncSync(file);
        // Step 2.
        renameSync(fresh, this.path);
      } catch (error) {
        closeSync(file);
        rmSync(fresh, { force: true });
        throw error;
      }
      if (this.file >= 0) closeSync(this.file);
      this.file = file;
      // Step 3.
      syncFolder(this.path);
    });
    this.snapshotLength = snapshot.length;
    this.logLength = 0;
    this.batchLength = 0;
    this.changed = false;
  }

  load(repair) {
    let isOld = false;
    this.file = openSync(this.path, 'r+');
    try {
      const bytes = readAll(this.file);
      this.snapshotLength = readHead(this.path, bytes);
      isOld = bytes[VERSION_AT] !== VERSION;
      this.memory = this.readSnapshot(bytes.subarray(HEAD_BYTES, HEAD_BYTES + this.snapshotLength));
      const { end, ending } = readRecords(bytes, HEAD_BYTES + this.snapshotLength, (kind, table, key, value) => {
        if (kind === SET) this.memory.set(table, key, value);
        else this.memory.delete(table, key);
      });
      if (ending === DAMAGED && !repair) throw new FileStoreError(this.path, 'the log is damaged', { offset: end });
      this.logLength = end - HEAD_BYTES - this.snapshotLength;
      if (ending !== WHOLE) ftruncateSync(this.file, end);
      // Changes that the last process wrote but did not flush must stay once a script has read them.
      fsyncSync(this.file);
      if (isOld) this.compact();
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  readSnapshot(bytes) {
    try {
      return MemoryStore.fromSnapshot(bytes);
    } catch (cause) {
      if (!(cause instanceof SnapshotError)) throw cause;
      throw new FileStoreError(this.path, cause.message, { offset: HEAD_BYTES + cause.offset, cause });
    }
  }

  append(kind, table, block, key, keyLength, value, length) {
    this.changed = true;
    if (this.memory.inUnit && this.unitStart === NOWHERE) this.beginLog();
    const recordLength = RECORD_HEAD_BYTES + keyLength + length;
    if (this.batchLength + recordLength > BATCH_BYTES) this.endBatch();
    if (recordLength > BATCH_BYTES) {
      const record = new Block(new Uint8Array(recordLength));
      writeRecord(record, 0, kind, table, block, key, keyLength, value, length);
      this.writeLong(record.bytes);
    } else {
      this.batchLength = writeRecord(this.batch, this.batchLength, kind, table, block, key, keyLength, value, length);
    }
  }

  /** Begins the unit in the log, before its first change. */
  beginLog() {
    this.unitStart = this.logLength + this.batchLength;
    this.append(BEGIN, 0, this.batch, 0, 0, 0, 0);
  }

  /** Removes the end of the log, which may not have been written yet. */
  cutLog(length) {
    if (length >= this.logLength) {
      this.batchLength = length - this.logLength;
      return;
    }
    this.attempt(() => {
      ftruncateSync(this.file, HEAD_BYTES + this.snapshotLength + length);
      // Before other records take this place: a mix of old and new ones would count as damage.
      fsyncSync(this.file);
    });
    this.logLength = length;
    this.batchLength = 0;
  }

  // Not inside `append`, which is called too often to make a function each time.
  endBatch() {
    this.attempt(() => this.writeBatch());
  }

  writeLong(record) {
    this.attempt(() => this.write(record, record.length));
  }

  writeBatch() {
    this.write(this.batch.bytes, this.batchLength);
    this.batchLength = 0;
  }

  /** Writes at the end of the log. */
  write(bytes, length) {
    writeAll(this.file, bytes, HEAD_BYTES + this.snapshotLength + this.logLength, length);
    this.logLength += length;
  }

  /**
   * Does what may fail in the file system. After a failure it is not known which part of the file is durable, so nothing
   * more is written. The next open finds the changes up to some point.
   */
  attempt(action) {
    try {
      action();
    } catch (cause) {
      this.failure = new FileStoreError(this.path, `writing failed: ${cause.message}`, { cause });
      throw this.failure;
    }
  }

  checkWritable() {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** As MemoryStore's. */
FileStore.prototype.own = {
  lend: FileStore.prototype.lend,
  set: FileStore.prototype.set,
  delete: FileStore.prototype.delete,
  keys: FileStore.prototype.keys,
};

function head(snapshotLength) {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = VERSION;
  writeWord(bytes, LENGTH_AT, snapshotLength);
  writeWord(bytes, SUM_AT, checksum(bytes, 0, SUM_AT));
  return bytes;
}

/** Checks the head and that the snapshot is there, and returns its length. */
function readHead(path, bytes) {
  const refuse = (message, offset) => { throw new FileStoreError(path, message, { offset }); };
  for (let at = 0; at < MAGIC.length; at++) {
    if (bytes[at] !== MAGIC[at]) refuse('not the file of a FileStore', at);
  }
  const version = bytes[VERSION_AT];
  if (version !== VERSION && version !== FIRST_VERSION) {
    refuse(`version ${FIRST_VERSION} or ${VERSION} was wanted, found ${version}`, VERSION_AT);
  }
  if (bytes.length < HEAD_BYTES) refuse(`${HEAD_BYTES} bytes were wanted`, bytes.length);
  if (readWord(bytes, SUM_AT) !== checksum(bytes, 0, SUM_AT)) refuse('the head is damaged', SUM_AT);
  const length = readWord(bytes, LENGTH_AT);
  if (length > bytes.length - HEAD_BYTES) refuse(`a snapshot of ${length} bytes was wanted`, bytes.length);
  return length;
}
