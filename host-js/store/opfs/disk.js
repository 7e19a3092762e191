/**
 * The disk of a store in a file (../log_store.js) in the origin private file system of a browser, by synchronous access handles.
 *
 * Nothing can be renamed there synchronously, so the file is one of two, which take turns: the one with the greater generation.
 *
 *   offset 0    4 bytes   "cuOP"
 *          4    u32       generation, from 1 on
 *          8    u32       CRC-32 of bytes 0 to 7
 *         12    the file  see ../log_store.js
 *
 * A new one is written behind 12 zeros, made durable, and gets its head then. The other one is emptied after that.
 *
 * Invariant: at every moment one of the two is whole, once the first one was. A handle is held as long as the store is open, so no
 * other worker has the files.
 */

import { FileStoreError } from '../../errors.js';
import { checksum } from '../checksum.js';
import { WORD_BYTES, readWord, writeWord } from '../words.js';

const MAGIC = [0x63, 0x75, 0x4f, 0x50];
const GENERATION_AT = MAGIC.length;
const SUM_AT = GENERATION_AT + WORD_BYTES;
const HEAD_BYTES = SUM_AT + WORD_BYTES;

// The first file, of an empty store, is shorter. A longer one without a head has lost it.
const EMPTY_BYTES = 64;

export class OpfsDisk {
  /**
   * @param {string} name for errors
   * @param {FileSystemSyncAccessHandle[]} pair
   * @param {FileSystemSyncAccessHandle} spare
   */
  constructor(name, pair, spare) {
    this.path = name;
    this.pair = pair.map((handle) => new OpfsFile(handle, HEAD_BYTES));
    this.spare = new OpfsFile(spare, 0);
    this.current = this.newest();
  }

  exists() {
    return this.current !== undefined;
  }

  open() {
    return this.current;
  }

  replace(parts) {
    const [other] = this.pair.filter((file) => file !== this.current);
    const generation = this.current === undefined ? 1 : this.current.generation + 1;
    try {
      other.handle.truncate(0);
      let position = 0;
      for (const bytes of parts) {
        other.write(bytes, position, bytes.length);
        position += bytes.length;
      }
      other.sync();
      other.name(generation);
    } catch (error) {
      other.empty();
      throw error;
    }
    const before = this.current;
    this.current = other;
    if (before !== undefined) before.empty();
    return other;
  }

  syncName() {
    // The head was made durable.
  }

  removeLeftovers() {
    for (const file of this.pair) if (file !== this.current) file.empty();
  }

  isFull(error) {
    return error.name === 'QuotaExceededError';
  }

  spareLength() {
    return this.spare.handle.getSize();
  }

  openSpare() {
    return this.spare;
  }

  /** Lets others have the files. */
  release() {
    for (const file of [...this.pair, this.spare]) file.handle.close();
  }

  /** The file that was named last. */
  newest() {
    const named = this.pair.filter((file) => {
      file.generation = file.readGeneration(this.path);
      return file.generation > 0;
    });
    if (named.length === 0 && this.pair.some(({ handle }) => handle.getSize() > EMPTY_BYTES)) {
      throw new FileStoreError(this.path, 'the head of the file is missing', { offset: 0 });
    }
    return named.sort((left, right) => right.generation - left.generation)[0];
  }
}

class OpfsFile {
  /** @param {FileSystemSyncAccessHandle} handle @param {number} start where its content begins */
  constructor(handle, start) {
    this.handle = handle;
    this.start = start;
    this.generation = 0;
  }

  readAll() {
    const bytes = new Uint8Array(Math.max(0, this.handle.getSize() - this.start));
    for (let at = 0; at < bytes.length;) {
      const read = this.handle.read(bytes.subarray(at), { at: this.start + at });
      if (read === 0) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  }

  write(bytes, position, length) {
    for (let at = 0; at < length;) {
      const written = this.handle.write(bytes.subarray(at, length), { at: this.start + position + at });
      if (!(written > 0)) throw new DOMException('the browser wrote nothing', 'QuotaExceededError');
      at += written;
    }
  }

  truncate(length) {
    this.handle.truncate(this.start + length);
  }

  sync() {
    this.handle.flush();
  }

  close() {
    // The disk closes all of them at once.
  }

  /** The generation of a file that was named, 0 for one that is empty or was not finished. */
  readGeneration(path) {
    const head = new Uint8Array(HEAD_BYTES);
    const length = this.handle.read(head, { at: 0 });
    if (length < HEAD_BYTES || head.every((byte) => byte === 0)) return 0;
    if (MAGIC.some((byte, at) => head[at] !== byte) || readWord(head, SUM_AT) !== checksum(head, 0, SUM_AT)) {
      throw new FileStoreError(path, 'the head of a file is damaged', { offset: 0 });
    }
    return readWord(head, GENERATION_AT);
  }

  name(generation) {
    const head = Uint8Array.from([...MAGIC, ...new Uint8Array(HEAD_BYTES - MAGIC.length)]);
    writeWord(head, GENERATION_AT, generation);
    writeWord(head, SUM_AT, checksum(head, 0, SUM_AT));
    const written = this.handle.write(head, { at: 0 });
    if (written !== HEAD_BYTES) throw new DOMException('the head was not written', 'QuotaExceededError');
    this.handle.flush();
    this.generation = generation;
  }

  /** Makes it no file; the one with the greater generation counts if that fails. */
  empty() {
    try {
      this.handle.truncate(0);
      this.handle.flush();
      this.generation = 0;
    } catch {
      // The next `replace` or open empties it.
    }
  }
}
