/**
 * Looking at a home: a page of one table at a time.
 *
 * Invariant: what is shown is of the table that was asked for last; an answer that comes later than another question is dropped.
 */

export const ROWS = 50;

export class Walk {
  /**
   * @param {object} options
   * @param {() => import('./engine.js').Engine} options.engine an error where there is none
   * @param {(shown: { path: object[], page: object }) => void} options.onShow
   * @param {(error: Error) => void} options.onError `_home` itself cannot be read
   */
  constructor(options) {
    Object.assign(this, options);
    this.asked = 0;
    /** What was asked for last, whether or not it is shown already. */
    this.wanted = { path: [], starts: [undefined] };
    this.path = [];
    this.page = undefined;
  }

  /** Reads again what is shown. */
  again() {
    return this.show(this.wanted.path, this.wanted.starts);
  }

  /** Of another home: from its start. */
  anew() {
    return this.show([], [undefined]);
  }

  /** Opens a table or function in the table that is shown. */
  enter(name, key, { kind, table }) {
    return this.show([...this.path, { name, key, table, isFunction: kind === 'function' }], [undefined]);
  }

  /** Goes back to a table above: 0 is `_home`. */
  leaveTo(depth) {
    return this.show(this.path.slice(0, depth), [undefined]);
  }

  next() {
    const { entries, starts } = this.page;
    return this.show(this.path, [...starts, entries[entries.length - 1][0]]);
  }

  previous() {
    return this.show(this.path, this.page.starts.slice(0, -1));
  }

  /** @param {unknown[]} starts the key before each page up to this one */
  async show(path, starts) {
    const number = ++this.asked;
    this.wanted = { path, starts };
    const last = path[path.length - 1];
    try {
      const page = last !== undefined && last.isFunction
        ? await this.functionOf(path)
        : { ...await this.engine().page(last && last.table, starts[starts.length - 1], ROWS), starts };
      if (number !== this.asked) return;
      Object.assign(this, { path, page });
      this.onShow({ path, page });
    } catch (error) {
      if (number === this.asked) this.lost(path, error);
    }
  }

  /** A function as it is now, with the script that made it, if that is still known. */
  async functionOf(path) {
    const [above, { key }] = [path[path.length - 2], path[path.length - 1]];
    const shown = await this.engine().entry(above && above.table, key);
    if (Object(shown).kind !== 'function') throw new Error(`${path[path.length - 1].name} is no function any more`);
    return { shown, source: await this.engine().source(shown.script), starts: [undefined] };
  }

  /** A table that is shown may be gone: the one above is shown in its place. */
  lost(path, error) {
    if (path.length > 0) this.show(path.slice(0, -1), [undefined]);
    else this.onError(error);
  }
}
