/**
 * Rows of a table for a page that reads them page by page, in a worker.
 */

export class Walks {
  constructor() {
    this.open = new Map();
    this.last = 0;
  }

  /** Begins a walk: its number. */
  begin(data, table, spec, options) {
    this.last++;
    this.open.set(this.last, data.each(table, spec, options));
    return this.last;
  }

  /** The next rows, at most so many, each `[key, row]`; `done` when there are no more. */
  more(number, count) {
    const walk = this.open.get(number);
    if (walk === undefined) return { rows: [], done: true };
    const rows = [];
    try {
      while (rows.length < count) {
        const { done, value } = walk.next();
        if (done) {
          this.open.delete(number);
          return { rows, done: true };
        }
        rows.push(value);
      }
    } catch (error) {
      this.open.delete(number);
      throw error;
    }
    return { rows, done: false };
  }

  end(number) {
    this.open.delete(number);
  }
}
