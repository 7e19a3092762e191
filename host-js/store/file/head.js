/**
 * The head of the file of a FileStore (../log_store.js draws it).
 *
 * Invariant: a head that is read has a checksum that is right, and the snapshot behind it is there.
 */

import { FileStoreError } from '../../errors.js';
import { checksum } from '../checksum.js';
import { WORD_BYTES, readWord, writeWord } from '../words.js';

const MAGIC = [0x63, 0x75, 0x46, 0x53];
const VERSION = 2;
const FIRST_VERSION = 1;
const VERSION_AT = MAGIC.length;
const LENGTH_AT = VERSION_AT + 1;
const SUM_AT = LENGTH_AT + WORD_BYTES;

export const HEAD_BYTES = SUM_AT + WORD_BYTES;

export function head(snapshotLength) {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = VERSION;
  writeWord(bytes, LENGTH_AT, snapshotLength);
  writeWord(bytes, SUM_AT, checksum(bytes, 0, SUM_AT));
  return bytes;
}

/** Checks the head and that the snapshot is there. */
export function readHead(path, bytes) {
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
  const snapshotLength = readWord(bytes, LENGTH_AT);
  if (snapshotLength > bytes.length - HEAD_BYTES) refuse(`a snapshot of ${snapshotLength} bytes was wanted`, bytes.length);
  return { snapshotLength, isOld: version !== VERSION };
}
