/**
 * A store as a user may write it: the five methods over maps, no units, no version.
 */

export class NaiveStore {
  constructor() {
    this.tables = new Map();
  }

  rows(table) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    return this.tables.get(table);
  }

  get(table, key) {
    return this.rows(table).get(Buffer.from(key).toString('latin1'));
  }

  set(table, key, value) {
    this.rows(table).set(Buffer.from(key).toString('latin1'), value);
  }

  delete(table, key) {
    this.rows(table).delete(Buffer.from(key).toString('latin1'));
  }

  size(table) {
    return this.rows(table).size;
  }

  keys(table, after, descending, emit) {
    const last = after && Buffer.from(after).toString('latin1');
    const keys = [...this.rows(table).keys()].filter((key) => last === undefined || (descending ? key < last : key > last));
    keys.sort();
    if (descending) keys.reverse();
    for (const key of keys) if (!emit(Uint8Array.from(Buffer.from(key, 'latin1')))) return;
  }

  nextTable(after = -1) {
    const ids = [...this.tables].filter(([id, rows]) => id > after && rows.size > 0).map(([id]) => id);
    return ids.sort((left, right) => left - right)[0];
  }
}
