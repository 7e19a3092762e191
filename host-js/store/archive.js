/**
 * Everything as one file: the content of a store, and its named snapshots where it has them. Lengths and counts are u32, least byte first.
 *
 *   offset 0   4 bytes   "cuAR"
 *          4   u8        version, 1
 *          5   u32       number of parts
 *          9   part ...
 *
 *   part       u8        1: the store, first and once; 2: a named snapshot
 *              u32       length of the name, 0 for the store
 *              u32       length of the content
 *              u32       CRC-32 of the kind, the name and the content
 *              bytes     name, UTF-8
 *              bytes     content; of the store a snapshot, see snapshot.js
 *
 * Invariant: nothing is changed before the whole file has been checked. An import that is aborted until then changes nothing.
 */

import { SnapshotError } from '../errors.js';
import { encodeText } from '../text.js';
import { checksum } from './checksum.js';
import { MemoryStore } from './memory.js';
import { restoreInto } from './restore.js';
import { WORD_BYTES, readWord, writeWord } from './words.js';

const MAGIC = [0x63, 0x75, 0x41, 0x52];
const VERSION = 1;
const COUNT_AT = MAGIC.length + 1;
const HEAD_BYTES = COUNT_AT + WORD_BYTES;
const PART_HEAD_BYTES = 1 + 3 * WORD_BYTES;
const STORE = 1;
const NAMED = 2;

// After so many bytes the page gets a moment for other things.
const STEP_BYTES = 0x100000;

/**
 * @param {object} store with `snapshot`, which may answer a promise, and perhaps `snapshots` as an IndexedDBStore has them
 * @param {{ onProgress?: (progress: { done: number, total: number }) => void, signal?: AbortSignal }} [options] done and total: bytes
 * @returns {Promise<Blob>}
 */
export async function exportAll(store, { onProgress, signal } = {}) {
  stopIfAborted(signal);
  const content = await store.snapshot();
  const named = await namedOf(store, signal);
  const total = named.reduce((sum, { bytes }) => sum + bytes.length, content.length);
  const progress = new Progress(total, onProgress, signal);
  const parts = [head(named.length + 1), ...await part(STORE, '', content, progress)];
  for (const { name, bytes } of named) parts.push(...await part(NAMED, name, bytes, progress));
  return new Blob(parts, { type: 'application/octet-stream' });
}

/**
 * Makes the content of the store, and its named snapshots, those of a file. Snapshots with other names stay.
 * @param {object} store
 * @param {Blob | ArrayBuffer | Uint8Array} file of `exportAll`, or a snapshot of a store
 * @param {{ onProgress?: (progress: { done: number, total: number }) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<{ snapshots: string[] }>} the names of those that came with it
 */
export async function importAll(store, file, { onProgress, signal } = {}) {
  stopIfAborted(signal);
  const bytes = await bytesOf(file);
  const progress = new Progress(bytes.length, onProgress, signal);
  const parts = isArchive(bytes) ? await readParts(bytes, progress) : [{ kind: STORE, content: bytes }];
  if (parts.some(({ kind }) => kind === NAMED) && store.snapshots === undefined) {
    throw new TypeError('the file has named snapshots, and the store has no place for them');
  }
  const [{ content }, ...named] = parts;
  // Throws for what is no snapshot.
  MemoryStore.fromSnapshot(content);
  stopIfAborted(signal);
  for (const each of named) await store.snapshots.save(each.name, each.content);
  await restoreInto(store, content);
  progress.end();
  return { snapshots: named.map(({ name }) => name) };
}

/** The named snapshots; another tab may delete one meanwhile. */
async function namedOf({ snapshots }, signal) {
  const found = [];
  for (const { name } of snapshots === undefined ? [] : await snapshots.list()) {
    stopIfAborted(signal);
    const bytes = await snapshots.load(name);
    if (bytes !== undefined) found.push({ name, bytes });
  }
  return found;
}

class Progress {
  constructor(total, onProgress, signal) {
    this.total = total;
    this.onProgress = onProgress;
    this.signal = signal;
    this.done = 0;
  }

  /** The CRC-32 over more bytes. */
  async sum(bytes, before) {
    let sum = before;
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      const end = Math.min(bytes.length, at + STEP_BYTES);
      sum = checksum(bytes, at, end, sum);
      this.done += end - at;
      this.tell();
      if (end < bytes.length) await new Promise((resolve) => { setTimeout(resolve, 0); });
      stopIfAborted(this.signal);
    }
    return sum;
  }

  end() {
    this.done = this.total;
    this.tell();
  }

  tell() {
    if (this.onProgress !== undefined) this.onProgress({ done: this.done, total: this.total });
  }
}

function head(count) {
  const bytes = Uint8Array.from([...MAGIC, VERSION, 0, 0, 0, 0]);
  writeWord(bytes, COUNT_AT, count);
  return bytes;
}

async function part(kind, name, content, progress) {
  const nameBytes = encodeText(name);
  const bytes = new Uint8Array(PART_HEAD_BYTES);
  bytes[0] = kind;
  writeWord(bytes, 1, nameBytes.length);
  writeWord(bytes, 1 + WORD_BYTES, content.length);
  writeWord(bytes, 1 + 2 * WORD_BYTES, await sumOf(kind, nameBytes, content, progress));
  return [bytes, nameBytes, content];
}

async function sumOf(kind, name, content, progress) {
  return progress.sum(content, checksum(name, 0, name.length, checksum(Uint8Array.of(kind), 0, 1)));
}

function isArchive(bytes) {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

async function readParts(bytes, progress) {
  const refuse = (problem, at) => { throw new SnapshotError(problem, at); };
  if (bytes.length < HEAD_BYTES) refuse(`${HEAD_BYTES} bytes were wanted`, bytes.length);
  if (bytes[MAGIC.length] !== VERSION) refuse(`version ${VERSION} was wanted, found ${bytes[MAGIC.length]}`, MAGIC.length);
  const count = readWord(bytes, COUNT_AT);
  const parts = [];
  let at = HEAD_BYTES;
  for (let number = 0; number < count; number++) {
    if (bytes.length - at < PART_HEAD_BYTES) refuse(`part ${number + 1} of ${count} was wanted`, bytes.length);
    const kind = bytes[at];
    const wanted = number === 0 ? STORE : NAMED;
    if (kind !== wanted) refuse(`a part of kind ${wanted} was wanted, found ${kind}`, at);
    const nameStart = at + PART_HEAD_BYTES;
    const contentStart = nameStart + readWord(bytes, at + 1);
    const end = contentStart + readWord(bytes, at + 1 + WORD_BYTES);
    const length = end - nameStart;
    if (end > bytes.length) refuse(`${length} bytes of part ${number + 1} were wanted, found ${bytes.length - nameStart}`, nameStart);
    const name = bytes.subarray(nameStart, contentStart);
    const content = bytes.subarray(contentStart, end);
    const sum = await sumOf(kind, name, content, progress);
    if (sum !== readWord(bytes, at + 1 + 2 * WORD_BYTES)) refuse(`the checksum of part ${number + 1} is wrong`, at);
    parts.push({ kind, name: new TextDecoder('utf-8', { ignoreBOM: true }).decode(name), content });
    at = end;
  }
  if (count === 0 || at !== bytes.length) refuse(`the end was wanted, found ${bytes.length - at} more bytes`, at);
  return parts;
}

async function bytesOf(file) {
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  // Safari before 14 has no `blob.arrayBuffer`.
  if (typeof Blob === 'function' && file instanceof Blob) return new Uint8Array(await new Response(file).arrayBuffer());
  throw new TypeError('the file is no Blob, ArrayBuffer or Uint8Array');
}

function stopIfAborted(signal) {
  if (!signal || !signal.aborted) return;
  throw signal.reason === undefined ? new DOMException('the work was aborted', 'AbortError') : signal.reason;
}
