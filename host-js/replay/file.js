/**
 * A recording in a file.
 *
 * Invariant: a file that is there is never written over.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

export class RecordingFile {
  /** Creates the file. */
  static create(path) {
    return new RecordingFile(openSync(path, 'wx', 0o600));
  }

  /** Use `RecordingFile.create`. */
  constructor(file) {
    this.file = file;
  }

  /** Adds bytes. */
  write(bytes) {
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }

  /** The end of the recording does it: the bytes are on the disk then. */
  close() {
    if (this.file === undefined) return;
    const { file } = this;
    this.file = undefined;
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
