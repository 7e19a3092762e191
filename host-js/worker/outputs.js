/**
 * The outputs of a stream of batches, as they are asked for.
 *
 * Invariant: at most two batches are on their way, or as many as a pool has workers and one, so a source that is larger than memory is read only as fast as its outputs are taken. Outputs
 * come in the order of the batches. When the reader stops, or a batch fails, the source is ended.
 */

import { batches, iterable } from '../batches.js';
import { Way } from '../values.js';

const BATCH_ITEMS = 100;
const IN_FLIGHT = 2;

export class Outputs {
  /**
   * @param {string | Way} program
   * @param {Iterable<unknown> | AsyncIterable<unknown> | ReadableStream} items
   * @param {number | undefined} batchSize
   * @param {(program: unknown, batch: unknown[], index: number, hasMore: boolean) => Promise<unknown>} compute
   * @param {AbortSignal | undefined} signal
   * @param {number} [inFlight] the most batches that are on their way
   */
  constructor(program, items, batchSize = BATCH_ITEMS, compute, signal, inFlight = IN_FLIGHT) {
    if (typeof program !== 'string' && !(program instanceof Way)) throw new TypeError('the program is neither source nor a Way to a function');
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`batchSize is ${String(batchSize)}; wanted is a whole number from 1 on`);
    const source = iterable(items);
    if (!source) throw new TypeError(`items are ${items === null ? 'null' : `a ${typeof items} value`}; wanted is an array, an iterable or a ReadableStream`);
    this.outputs = outputs(program, batches(source, batchSize), compute, signal, inFlight);
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    return this.outputs.next();
  }

  return(value) {
    return this.outputs.return(value);
  }

  throw(error) {
    return this.outputs.throw(error);
  }

  /** The same as a stream. */
  toReadableStream() {
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => this.return(),
    }, { highWaterMark: 0 });
  }
}

async function* outputs(program, source, compute, signal, inFlight) {
  const pending = [];
  let index = 0;
  let next;
  try {
    next = await unlessAborted(source.next(), signal);
    while (!next.done || pending.length > 0) {
      while (!next.done && pending.length < inFlight) {
        if (signal !== undefined && signal.aborted) break;
        const batch = next.value;
        next = await unlessAborted(source.next(), signal);
        const output = compute(program, batch, index++, !next.done);
        // It is awaited below, and not before an earlier one has failed.
        output.catch(() => {});
        pending.push(output);
      }
      if (pending.length === 0) throw reasonOf(signal);
      yield await pending.shift();
    }
  } finally {
    const ended = source.return();
    // A source that answers nothing is not waited for.
    if (signal !== undefined && signal.aborted) ended.catch(() => {});
    else await ended;
  }
}

/** What the promise answers, or the reason of the signal if that comes first. */
function unlessAborted(promise, signal) {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(reasonOf(signal));
    const over = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    promise.then(resolve, reject).then(over);
    if (signal.aborted) stop();
  });
}

function reasonOf(signal) {
  return signal.reason === undefined ? new DOMException('the stream was aborted', 'AbortError') : signal.reason;
}
