/**
 * The open file of a FileStore (../log_store.js draws it): its log grows by records, and a snapshot replaces it.
 *
 *   | head | snapshot | log: durable      | log: written      | batch, in memory |
 *                       0                  durableLength       logLength          length
 *
 * Invariant: after a failure the file has what was durable before and nothing else, or `failure` says that this is not sure,
 * and nothing is written any more. If it has less than the store has, it `isBehind`, and only a snapshot is written.
 */

import { Block } from '../../block.js';
import { FileStoreError, SnapshotError } from '../../errors.js';
import { COMMIT, DAMAGED, RECORD_HEAD_BYTES, SET, WHOLE, readRecords, writeRecord } from '../log.js';
import { MemoryStore } from '../memory.js';
import { HEAD_BYTES, head, readHead } from './head.js';

// A longer record is written by itself.
const BATCH_BYTES = 0x20000;

// A log is compacted when it is longer than this and than twice the snapshot before it.
const LOG_BYTES = 0x400000;

const SNAPSHOT_BYTES = 0xffffffff;

export class LogFile {
  /**
   * @param {object} disk see ../log_store.js
   * @param {import('./spare.js').Spare | undefined} spare
   */
  constructor(disk, spare) {
    this.disk = disk;
    this.path = disk.path;
    this.spare = spare;
    this.file = undefined;
    // The end of a unit has a place even when the batch is full.
    this.batch = new Block(new Uint8Array(BATCH_BYTES + RECORD_HEAD_BYTES));
    this.batchLength = 0;
    this.snapshotLength = 0;
    this.logLength = 0;
    this.durableLength = 0;
    this.compactAt = LOG_BYTES;
    this.isBehind = false;
    /** Whether the name of the file may not be durable. */
    this.isRenamed = false;
    /** @type {FileStoreError | undefined} why nothing can be written any more */
    this.failure = undefined;
  }

  /** Where the next record begins in the log. */
  get length() {
    return this.logLength + this.batchLength;
  }

  get isDurable() {
    return this.batchLength === 0 && this.durableLength === this.logLength && !this.isBehind && !this.isRenamed;
  }

  get isLong() {
    return this.logLength > this.compactAt;
  }

  /** Opens the file, and returns its content and whether its format is an old one. */
  open({ readOnly, repair }) {
    this.file = this.disk.open({ readOnly });
    try {
      const bytes = this.file.readAll();
      const { snapshotLength, isOld } = readHead(this.path, bytes);
      const memory = this.readSnapshot(bytes.subarray(HEAD_BYTES, HEAD_BYTES + snapshotLength));
      const { end, ending } = readRecords(bytes, HEAD_BYTES + snapshotLength, (kind, table, key, value) => {
        if (kind === SET) memory.set(table, key, value);
        else memory.delete(table, key);
      });
      if (ending === DAMAGED && !repair) throw new FileStoreError(this.path, 'the log is damaged', { offset: end });
      this.settle(snapshotLength, end - HEAD_BYTES - snapshotLength);
      if (!readOnly) {
        if (ending !== WHOLE) this.file.truncate(end);
        // Changes that the last process wrote but did not flush must stay once a script has read them.
        this.file.sync();
        this.disk.removeLeftovers();
      }
      return { memory, isOld };
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  /**
   * Appends a change. If this throws, the log is as before.
   * @param {boolean} isUrgent whether the spare may be given up for it
   */
  append(kind, table, block, key, keyLength, value, length, isUrgent) {
    const recordLength = RECORD_HEAD_BYTES + keyLength + length;
    if (this.isBehind) throw this.error('changes before this one could not be written');
    if (this.batchLength + recordLength > BATCH_BYTES) this.write(isUrgent);
    if (recordLength > BATCH_BYTES) {
      const record = new Block(new Uint8Array(recordLength));
      writeRecord(record, 0, kind, table, block, key, keyLength, value, length);
      this.writeAtEnd(record.bytes, recordLength, isUrgent);
    } else {
      this.batchLength = writeRecord(this.batch, this.batchLength, kind, table, block, key, keyLength, value, length);
    }
  }

  /** Ends a unit. */
  appendCommit() {
    if (this.isBehind) throw this.error('changes of the unit could not be written');
    this.batchLength = writeRecord(this.batch, this.batchLength, COMMIT, 0, this.batch, 0, 0, 0, 0);
  }

  /** Removes the end of the log, which may not have been written yet. */
  cut(length) {
    // What was lost comes before: a snapshot has to replace the file.
    if (length > this.length) return;
    this.isBehind = false;
    if (length >= this.logLength) {
      this.batchLength = length - this.logLength;
      return;
    }
    this.batchLength = 0;
    this.cutBack(length, undefined);
  }

  /** Writes the batch. */
  write(isUrgent) {
    if (this.batchLength === 0) return;
    this.writeAtEnd(this.batch.bytes, this.batchLength, isUrgent);
    this.batchLength = 0;
  }

  /** Makes the log durable. */
  sync() {
    this.write(true);
    this.syncName();
    try {
      this.file.sync();
    } catch (cause) {
      // It is not known what of the end is durable.
      const lost = this.logLength > this.durableLength;
      this.cutBack(this.durableLength, cause);
      this.isBehind = lost;
      throw this.error(`writing failed: ${cause.message}`, cause);
    }
    this.durableLength = this.logLength;
  }

  /** Replaces the file by one with a snapshot only. If this throws, the old one stays in use, or the new one is in use. */
  replace(snapshot) {
    if (snapshot.length > SNAPSHOT_BYTES) {
      throw this.error(`a snapshot of ${snapshot.length} bytes; at most ${SNAPSHOT_BYTES} fit`);
    }
    const file = this.writeNew(snapshot);
    if (this.file !== undefined) closeQuietly(this.file);
    this.file = file;
    this.batchLength = 0;
    this.isBehind = false;
    this.isRenamed = true;
    this.settle(snapshot.length, 0);
    // Step 3.
    this.syncName();
  }

  /** After a failed compaction: waits until the log has grown again. */
  compactLater() {
    this.compactAt = this.logLength + LOG_BYTES;
  }

  close() {
    if (this.file !== undefined) this.file.close();
    this.file = undefined;
  }

  // ---- private ----

  settle(snapshotLength, logLength) {
    this.snapshotLength = snapshotLength;
    this.logLength = logLength;
    this.durableLength = logLength;
    this.compactAt = Math.max(LOG_BYTES, 2 * snapshotLength);
  }

  /** Steps 1 and 2 of a compaction (../log_store.js); returns the new file. Once more without the spare if there is no room. */
  writeNew(snapshot) {
    try {
      return this.tryNew(snapshot);
    } catch (cause) {
      try {
        if (this.spare !== undefined && this.disk.isFull(cause) && this.spare.giveUp(Infinity)) return this.tryNew(snapshot);
      } catch {
        // The first failure is reported.
      }
      throw this.error(`writing failed: ${cause.message}`, cause);
    } finally {
      if (this.spare !== undefined) this.spare.refill();
    }
  }

  tryNew(snapshot) {
    return this.disk.replace([head(snapshot.length), snapshot]);
  }

  syncName() {
    if (!this.isRenamed) return;
    try {
      this.disk.syncName();
    } catch (cause) {
      throw this.error(`writing failed: ${cause.message}`, cause);
    }
    this.isRenamed = false;
  }

  writeAtEnd(bytes, length, isUrgent) {
    try {
      this.writeWithSpare(bytes, length, isUrgent ? this.spare : undefined);
    } catch (cause) {
      this.cutBack(this.logLength, cause);
      throw this.error(`writing failed: ${cause.message}`, cause);
    }
    this.logLength += length;
  }

  /** On a full disk first so much is given up as is written, then all. */
  writeWithSpare(bytes, length, spare) {
    for (let wanted = length; ; wanted = Infinity) {
      try {
        this.file.write(bytes, HEAD_BYTES + this.snapshotLength + this.logLength, length);
        return;
      } catch (error) {
        if (spare === undefined || !this.disk.isFull(error) || !spare.giveUp(wanted)) throw error;
      }
    }
  }

  /** Makes the file end where the log has `length` bytes, before other records take that place: a mix would be damage. */
  cutBack(length, cause) {
    try {
      this.file.truncate(HEAD_BYTES + this.snapshotLength + length);
      this.file.sync();
    } catch (error) {
      const first = cause === undefined ? error : cause;
      this.failure = this.error(`writing failed: ${first.message}`, first);
      throw this.failure;
    }
    this.logLength = length;
    this.durableLength = length;
  }

  readSnapshot(bytes) {
    try {
      return MemoryStore.fromSnapshot(bytes);
    } catch (cause) {
      if (!(cause instanceof SnapshotError)) throw cause;
      throw new FileStoreError(this.path, cause.message, { offset: HEAD_BYTES + cause.offset, cause });
    }
  }

  error(message, cause) {
    return new FileStoreError(this.path, message, { cause });
  }
}

function closeQuietly(file) {
  try {
    file.close();
  } catch {
    // Its content does not matter any more.
  }
}
