/**
 * What an instance did so far, and marks of it on the timeline of the platform.
 *
 * Invariant: counting costs an addition; time is taken only of what is slow anyway. Marks are made only if they were asked for.
 */

export class Statistics {
  constructor() {
    this.computes = 0;
    this.errors = 0;
    this.batches = { count: 0, operations: 0 };
    this.queries = { count: 0, cached: 0, rows: 0 };
    this.transactions = { committed: 0, rolledBack: 0 };
    this.saves = { count: 0, automatic: 0, bytes: 0, storedBytes: 0, milliseconds: 0 };
    this.loads = { count: 0, storedBytes: 0, milliseconds: 0 };
  }

  saved(bytes, storedBytes, milliseconds) {
    const { saves } = this;
    saves.count++;
    saves.bytes += bytes;
    saves.storedBytes += storedBytes;
    saves.milliseconds += milliseconds;
  }

  loaded(storedBytes, milliseconds) {
    const { loads } = this;
    loads.count++;
    loads.storedBytes += storedBytes;
    loads.milliseconds += milliseconds;
  }

  /** A copy, with the ratio of compression. */
  report() {
    const { saves } = this;
    return {
      computes: this.computes,
      errors: this.errors,
      batches: { ...this.batches },
      queries: { ...this.queries },
      transactions: { ...this.transactions },
      saves: { ...saves, ratio: saves.storedBytes === 0 ? 1 : saves.bytes / saves.storedBytes },
      loads: { ...this.loads },
    };
  }
}

let marks = 0;

/**
 * Begins a measure, such as `cu:compute`, and answers the function that ends it.
 *
 * The names of two marks are what all browsers of the promise take; several measures of a name may run at once.
 */
export function measure(name) {
  marks++;
  const mark = `${name} ${marks}`;
  performance.mark(mark);
  return () => {
    performance.measure(name, mark);
    performance.clearMarks(mark);
  };
}
