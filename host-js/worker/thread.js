/**
 * A worker of any platform: made, listened to, ended.
 *
 * Invariant: `onEnd` is called at most once, with the reason, when the platform tells that the worker has ended. `end` is no reason.
 */

import { defaultWorker } from './default_worker.js';
import { WorkerError } from './worker_error.js';

/** Node has no `Worker` among its globals, and no bundler looks behind a variable. */
const THREADS = ['node', 'worker_threads'].join(':');
const FILE = './cu_worker.js';

/**
 * @param {string | URL | (() => Worker | Promise<Worker>) | undefined} way to a new worker: its file, a function that makes it, or the usual one
 */
export async function startWorker(way) {
  try {
    if (typeof way === 'function') return checkedWorker(await way());
    if (typeof Worker === 'function') return way === undefined ? defaultWorker() : new Worker(way, { type: 'module' });
    const threads = await import(/* webpackIgnore: true */ /* @vite-ignore */ THREADS);
    const here = import.meta.url;
    return new threads.Worker(way === undefined ? new URL(FILE, here) : way, inherited());
  } catch (cause) {
    if (cause instanceof TypeError) throw cause;
    throw new WorkerError('start', `the worker cannot be started: ${cause.message}`, { cause });
  }
}

/** A worker is started as its process was, which `--input-type` forbids: that is for programs that are no files. */
function inherited() {
  return process.execArgv.some((word) => word.startsWith('--input-type')) ? { execArgv: [] } : {};
}

/** Also a port, of a SharedWorker or to a worker that has `serve`. */
export function checkedWorker(worker) {
  if (typeof worker !== 'object' || worker === null || typeof worker.postMessage !== 'function') {
    throw new TypeError(`worker is ${worker === null ? 'null' : `a ${typeof worker} value`}; wanted is a Worker, or a MessagePort to one`);
  }
  return worker;
}

export class Thread {
  /**
   * @param {Worker | MessagePort} worker
   * @param {(reason: string, cause?: unknown) => void} onEnd
   */
  constructor(worker, onEnd) {
    this.worker = worker;
    this.onEnd = onEnd;
    this.id = worker.threadId;
    this.removers = [];
    /** Whether the platform tells of every end: then an error that nobody caught is not one by itself. */
    this.isWatched = false;
    if (typeof worker.on === 'function') {
      this.isWatched = true;
      let failure;
      this.on('error', (cause) => { failure = cause; });
      this.on('exit', (code) => this.ended(failure === undefined ? `it ended with the code ${code}` : failure.message, failure));
      this.on('close', () => this.ended('its port was closed'));
    } else {
      this.listen('error', (event) => { if (!this.isWatched) this.ended(event.message || 'it did not load', event.error); });
      this.listen('close', () => this.ended('its port was closed'));
    }
  }

  on(name, listener) {
    this.worker.on(name, listener);
    this.removers.push(() => this.worker.off(name, listener));
  }

  listen(name, listener) {
    if (typeof this.worker.addEventListener !== 'function') return;
    this.worker.addEventListener(name, listener);
    this.removers.push(() => this.worker.removeEventListener(name, listener));
  }

  ended(reason, cause) {
    const { onEnd } = this;
    this.forget();
    if (onEnd !== undefined) onEnd(reason, cause);
  }

  /** What happens to the worker is of no interest any more. */
  forget() {
    this.onEnd = undefined;
    for (const remove of this.removers.splice(0)) remove();
    // Node ends the process at an error that nobody listens to.
    if (typeof this.worker.on === 'function') this.worker.on('error', () => {});
  }

  /** Ends the worker at once, whatever it does. */
  async end() {
    this.forget();
    if (typeof this.worker.terminate === 'function') await this.worker.terminate();
  }

  /** Whether the process waits for the worker. */
  hold(isHeld) {
    const name = isHeld ? 'ref' : 'unref';
    if (typeof this.worker[name] === 'function') this.worker[name]();
  }
}
