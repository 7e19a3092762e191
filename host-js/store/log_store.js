/**
 * A store in one file: tables in memory, every change appended to a log. What the file is on is a disk (disk.js, opfs/disk.js):
 *
 *   path                  names the file in errors
 *   exists()
 *   open({ readOnly })    the file; throws when it is not there or cannot be written
 *   replace(parts)        the steps 1 and 2 below, with byte arrays; returns the new file, or throws and leaves the old one
 *   syncName()            the step 3
 *   removeLeftovers()     of a `replace` that was not finished
 *   isFull(error)         whether it says that there is no room
 *   spareLength()         of the file beside this one that can be given up (file/spare.js), 0 without it
 *   openSpare(isNew)
 *
 * and a file has readAll(), write(bytes, position, length), truncate(length), sync(), close().
 *
 *   offset 0    4 bytes   "cuFS"
 *          4    u8        version, 2; version 1 has no units in its log, and is rewritten when it is opened
 *          5    u32       length of the snapshot, S
 *          9    u32       CRC-32 of bytes 0 to 8
 *         13    S bytes   snapshot, see snapshot.js
 *         13+S  records   changes since then, see log.js
 *
 * Changes gather in a batch (file/log_file.js). It is written when it is full, and `flush` makes it durable, as the end of a
 * unit does with `flushAfterCompute`. Compaction replaces this file by one that has a snapshot only:
 *
 *   1. write PATH.new and make it durable    a crash leaves PATH as it was; the next open removes PATH.new
 *   2. rename PATH.new to PATH               PATH is always there, and whole
 *   3. make the folder durable
 *
 * Invariant: the next open finds all that was flushed, whatever happens to this process. Of later changes it finds the
 * first ones up to some point. It finds all changes of a unit or none. A change that was refused, and a unit whose commit
 * failed, are neither in the file nor in memory.
 */

import { ABSENT, TABLE_IO, TABLE_SYSTEM_FIRST } from '../abi.js';
import { FileStoreError } from '../errors.js';
import { LogFile } from './file/log_file.js';
import { Spare } from './file/spare.js';
import { BEGIN, DELETE, SET } from './log.js';
import { MemoryStore } from './memory.js';

// The module's notes of ids, marks, work list, journal, free and reused ids (abi/README.md, "Tables"): what a deletion, a collection or the
// end of an atomic compute changes.
const JOURNAL = TABLE_SYSTEM_FIRST + 5;
const MAKE_ROOM = [0, 1, 2, 7, 10].map((number) => TABLE_SYSTEM_FIRST + number).concat(JOURNAL);

// The part of the spare without which no change is made: of what makes room, of arguments for a script that may only read or
// delete, of anything else.
const NOTHING = 0;
const HALF = 0.5;
const WHOLE = 1;

// No unit has been written to the log.
const NOWHERE = -1;

// No room for a value, when only its length is asked for.
const NO_ROOM = -1;

export class LogStore {
  /**
   * @param {object} disk see above
   * @param {{ release: () => void } | undefined} lock of the file, released when the store is closed
   * @param {{ flushAfterCompute?: boolean, repair?: boolean, readOnly?: boolean }} options
   */
  constructor(disk, lock, { flushAfterCompute = true, repair = false, readOnly = false }) {
    this.path = disk.path;
    this.lock = lock;
    this.flushAfterCompute = flushAfterCompute;
    this.readOnly = readOnly;
    this.isClosed = false;
    this.spare = readOnly ? undefined : new Spare(disk);
    this.log = new LogFile(disk, this.spare);
    /** Where the open unit begins in the log, when it has changes. */
    this.unitStart = NOWHERE;
    /** Whether a change of the open unit was refused for want of room. */
    this.wasRefused = false;
    if (readOnly || disk.exists()) {
      this.load({ readOnly, repair });
    } else {
      this.memory = new MemoryStore();
      this.compact();
    }
    if (!readOnly) this.spare.refill();
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
    if (this.readOnly) {
      this.checkChannel(table);
      this.memory.setAt(table, block, key, keyLength, value, length);
      return;
    }
    const makesRoom = isOfModule(table) || (this.wasRefused && this.isUndoing());
    this.prepare(makesRoom ? NOTHING : table === TABLE_IO ? HALF : WHOLE);
    const start = this.log.length;
    try {
      this.log.append(SET, table, block, key, keyLength, value, length, makesRoom);
    } catch (error) {
      this.wasRefused = true;
      throw error;
    }
    try {
      this.memory.setAt(table, block, key, keyLength, value, length);
    } catch (error) {
      this.log.cut(start);
      throw error;
    }
  }

  deleteAt(table, block, key, keyLength) {
    if (this.memory.getAt(table, block, key, keyLength, 0, NO_ROOM) === ABSENT) return;
    if (this.readOnly) {
      this.checkChannel(table);
      this.memory.deleteAt(table, block, key, keyLength);
      return;
    }
    this.prepare(NOTHING);
    this.log.append(DELETE, table, block, key, keyLength, 0, 0, true);
    this.memory.deleteAt(table, block, key, keyLength);
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
    if (this.isClosed) throw this.error('the store is closed');
    // Within a unit there is no snapshot to write.
    if (this.log.isBehind && !this.memory.inUnit) this.tryCompact();
    this.memory.begin();
    this.wasRefused = false;
  }

  commit() {
    const start = this.unitStart;
    this.unitStart = NOWHERE;
    if (start !== NOWHERE) this.keep(start);
    this.memory.commit();
    this.compactIfLong();
  }

  rollBack() {
    const start = this.unitStart;
    this.unitStart = NOWHERE;
    this.memory.rollBack();
    if (start !== NOWHERE && this.log.failure === undefined) this.log.cut(start);
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
    this.checkUsable();
    if (this.log.isDurable) return;
    if (this.log.isBehind) this.compact();
    else this.log.sync();
    this.compactIfLong();
  }

  /** Flushes and lets others open the file. Does nothing the second time. */
  close() {
    if (this.isClosed) return;
    try {
      if (this.log.failure === undefined) this.flush();
    } finally {
      this.isClosed = true;
      this.log.close();
      if (this.lock !== undefined) this.lock.release();
    }
  }

  /** Rewrites the file as one snapshot, without the log of changes; also flushes. If this throws, nothing is lost. */
  compact() {
    this.checkUsable();
    if (this.readOnly) throw this.error('the store is open read-only: it cannot be compacted');
    if (this.memory.inUnit) throw this.error('no compaction while a unit of changes is open');
    this.log.replace(this.memory.snapshot());
  }

  // ---- private ----

  load(options) {
    const { memory, isOld } = this.log.open(options);
    this.memory = memory;
    if (!isOld || options.readOnly) return;
    try {
      this.compact();
    } catch (error) {
      this.log.close();
      throw error;
    }
  }

  /** What a read-only store has in `_io` is in memory only; throws for any other table. */
  checkChannel(table) {
    this.checkUsable();
    if (table !== TABLE_IO) throw this.error('the store is open read-only: nothing in it can be changed');
  }

  /**
   * Throws unless the store may be changed; begins the unit in the log before its first change.
   * @param {number} part of the spare that must be there
   */
  prepare(part) {
    this.checkUsable();
    const { log, memory } = this;
    // Only now is there a need to write.
    if (log.isBehind && !memory.inUnit) this.compact();
    if (!this.spare.has(part)) {
      this.wasRefused = true;
      throw this.error('no room on the disk: only deleting is possible');
    }
    if (!memory.inUnit || this.unitStart !== NOWHERE) return;
    const start = log.length;
    log.append(BEGIN, 0, log.batch, 0, 0, 0, 0, part === NOTHING);
    this.unitStart = start;
  }

  /** An atomic compute that was refused a change puts its earlier ones back. */
  isUndoing() {
    return this.memory.inUnit && this.memory.size(JOURNAL) > 0;
  }

  /** Writes the end of the unit, or undoes the unit. */
  keep(start) {
    try {
      if (this.log.failure !== undefined) throw this.log.failure;
      this.log.appendCommit();
      if (this.flushAfterCompute) this.log.sync();
    } catch (error) {
      this.memory.rollBack();
      if (this.log.failure === undefined) this.log.cut(start);
      throw error;
    }
  }

  /** Whether this succeeds says nothing about changes: the old file has them, too. So its failure is no one's. */
  compactIfLong() {
    const { log, spare } = this;
    if (this.readOnly || this.memory.inUnit || log.failure !== undefined) return;
    // On a full disk a shorter file makes room.
    if (!log.isLong && !spare.wasUsed) return;
    if (!this.tryCompact()) log.compactLater();
    spare.wasUsed = false;
  }

  tryCompact() {
    try {
      this.compact();
      return true;
    } catch {
      return false;
    }
  }

  checkUsable() {
    if (this.isClosed) throw this.error('the store is closed');
    if (this.log.failure !== undefined) throw this.log.failure;
  }

  error(message) {
    return new FileStoreError(this.path, message);
  }
}

/** As MemoryStore's. */
LogStore.prototype.own = {
  lend: LogStore.prototype.lend,
  set: LogStore.prototype.set,
  delete: LogStore.prototype.delete,
  keys: LogStore.prototype.keys,
};

function isOfModule(table) {
  return table >>> 0 >= TABLE_SYSTEM_FIRST && MAKE_ROOM.includes(table >>> 0);
}
