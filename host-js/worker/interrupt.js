/**
 * How a worker that computes learns that it is to stop: it reads no messages meanwhile.
 *
 *   shared memory   a word that the page sets; where the platform lets a page share memory
 *   a revoked URL   a worker may ask for a blob URL of its page synchronously, and is refused when the page has revoked it; in pages
 *
 * Invariant: the page ends its signal before it lets the worker begin the next call, so no call is stopped for another one.
 */

/** A request takes about a millisecond, so it is sent seldom. */
const ASK_MS = 100;

export class Interrupt {
  /** @param {{ words?: Int32Array, url?: string }} signal */
  constructor({ words, url }) {
    this.words = words;
    this.url = url;
    this.asked = 0;
  }

  /** A call begins. */
  begin() {
    this.asked = performance.now();
  }

  /** Whether the call that runs is to stop. */
  isRaised() {
    if (this.words !== undefined) return Atomics.load(this.words, 0) !== 0;
    if (this.url === undefined) return false;
    const now = performance.now();
    if (now - this.asked < ASK_MS) return false;
    const isGone = isRevoked(this.url);
    this.asked = performance.now();
    return isGone;
  }
}

function isRevoked(url) {
  const request = new XMLHttpRequest();
  request.open('GET', url, false);
  try {
    request.send();
    return false;
  } catch {
    return true;
  }
}
