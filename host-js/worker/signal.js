/**
 * The page's end of the signal that stops a call (interrupt.js).
 *
 * Invariant: it is lowered before the next call begins.
 */

export class Signal {
  /** @param {Worker | MessagePort} [worker] one that the program made */
  constructor(worker) {
    this.words = canShare(worker) ? new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) : undefined;
    this.url = this.words === undefined && canRevoke() ? newUrl() : undefined;
    this.isRaised = false;
  }

  /** What the worker gets of it. */
  get content() {
    return { words: this.words, url: this.url };
  }

  /** Whether the worker can see it. */
  get works() {
    return this.words !== undefined || this.url !== undefined;
  }

  raise() {
    this.isRaised = true;
    if (this.words !== undefined) Atomics.store(this.words, 0, 1);
    else if (this.url !== undefined) URL.revokeObjectURL(this.url);
  }

  /** Returns what the worker has to be told: a new URL, or nothing. */
  lower() {
    if (!this.isRaised) return {};
    this.isRaised = false;
    if (this.words !== undefined) {
      Atomics.store(this.words, 0, 0);
      return {};
    }
    if (this.url === undefined) return {};
    this.url = newUrl();
    return { url: this.url };
  }

  end() {
    if (this.url !== undefined) URL.revokeObjectURL(this.url);
  }
}

/** In a page only after the headers for cross-origin isolation, and not through a port, behind which may be a SharedWorker. */
function canShare(worker) {
  if (typeof SharedArrayBuffer !== 'function' || typeof Atomics !== 'object') return false;
  if (typeof document === 'undefined') return typeof crossOriginIsolated === 'undefined' || crossOriginIsolated;
  return typeof crossOriginIsolated !== 'undefined' && crossOriginIsolated && (worker === undefined || typeof worker.terminate === 'function');
}

/** The worker needs a synchronous request; workers of pages have it. */
function canRevoke() {
  return typeof document !== 'undefined' && typeof Blob === 'function' && typeof URL.createObjectURL === 'function';
}

function newUrl() {
  return URL.createObjectURL(new Blob([' ']));
}
