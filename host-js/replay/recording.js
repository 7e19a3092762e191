/**
 * A recording in memory, which pages can offer as a file.
 */

export class Recording {
  constructor() {
    /** @type {Uint8Array[]} */
    this.chunks = [];
  }

  /** Takes the next bytes, which nobody changes any more. */
  write(bytes) {
    this.chunks.push(bytes);
  }

  /** All so far. */
  bytes() {
    const all = new Uint8Array(this.chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  /** The same as a Blob. */
  blob() {
    return new Blob(this.chunks, { type: 'application/octet-stream' });
  }
}
