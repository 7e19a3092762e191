/**
 * One connection to the database of an IndexedDBStore (schema.js), and its transactions.
 *
 *   { id: "head", format: 1, save, functions, indices }
 *
 * says the number of the last save, and how many rows the other two object stores have. A save with everything has 0 as its `after`,
 * and removes those before it.
 *
 * Invariant: a save is one transaction. It is refused when someone else saved since the last one that was seen, so none is lost.
 */

import { StorageError, storageError } from '../storage_error.js';
import { METADATA } from './legacy.js';
import { placeCounts, placeProblem, readRow, rowProblem } from './rows.js';
import { FUNCTIONS, INDICES, STORES, TABLES, openDatabase } from './schema.js';

const FORMAT = 1;
const HEAD = 'head';
const OWNER = 'owner';
const DAMAGED = 'damaged';

// So many rows are read at a time, at most 7 MB.
const ROWS_AT_A_TIME = 128;

export class Database {
  /**
   * @param {string} name
   * @param {{ browser: object, wait: number }} means
   * @param {(replaced: boolean) => void} onClosed another tab wants to replace or remove the database, or the browser closed it
   */
  constructor(name, { browser, wait }, onClosed) {
    this.name = name;
    this.browser = browser;
    this.Range = browser.IDBKeyRange;
    this.wait = wait;
    this.onClosed = onClosed;
    /** @type {IDBDatabase | undefined} */
    this.connection = undefined;
    /** @type {Promise<void> | undefined} while it is being opened */
    this.opening = undefined;
    /** What the row "owner" has to say when something is saved; undefined with Web Locks. */
    this.token = undefined;
  }

  /** Resolves when there is a connection. Calls at once share it. */
  open() {
    if (this.opening === undefined) {
      const isOver = () => { this.opening = undefined; };
      this.opening = this.connect();
      this.opening.then(isOver, isOver);
    }
    return this.opening;
  }

  async connect() {
    const connection = await openDatabase(this.browser, this.name, this.wait);
    connection.onversionchange = () => {
      this.onClosed(true);
      this.close();
    };
    connection.onclose = () => {
      if (this.connection !== connection) return;
      this.connection = undefined;
      this.onClosed(false);
    };
    this.connection = connection;
  }

  /** Transactions that have begun are finished. */
  close() {
    if (this.connection !== undefined) this.connection.close();
    this.connection = undefined;
  }

  /**
   * Reads what was saved after a save, or everything: when it is 0, or a save with everything came after it.
   * @returns {Promise<{ save: number, isAll: boolean, rows: object[], places: { store: string, id: Array, row: object | undefined }[],
   *   old: object[], damaged: object[] }>} old: rows of version 1; damaged: `{ store, id, problem }`
   */
  async read(after) {
    const found = await this.transaction('readonly', 'reading', (transaction, each) => {
      const result = { rows: [], places: [], old: [], damaged: [], after, isAll: after === 0 };
      const tables = transaction.objectStore(TABLES);
      each(tables.get(HEAD), (head) => {
        result.head = head;
        if (after > 0 && isHead(head) && head.save === after) return;
        this.readRows(tables, each, after + 1, result, (row) => {
          if (after > 0) readChangedPlaces(transaction, each, row, result);
        });
        if (after > 0) return;
        for (const store of [FUNCTIONS, INDICES]) readPlaces(transaction, each, store, result);
        if (head === undefined) this.readOldRows(tables, each, result);
      });
      return result;
    });
    if (after > 0 && (!isHead(found.head) || found.rows.some((row) => row.after === 0))) return this.read(0);
    check(found);
    return found;
  }

  /** The rows of version 1, if no IndexedDBStore has taken them over. */
  async readOld() {
    const { old } = await this.transaction('readonly', 'reading', (transaction, each) => {
      const result = { old: [] };
      const tables = transaction.objectStore(TABLES);
      each(tables.get(HEAD), (head) => { if (head === undefined) this.readOldRows(tables, each, result); });
      return result;
    });
    return old;
  }

  /**
   * Saves what a packer has.
   * @param {{ packer: import('./rows.js').Packer, save: number, seen: number, isBase: boolean, timestamp: number, isLast?: boolean }}
   *   what isBase: it has everything; isLast: the page may be gone before it is done, so nothing is waited for
   */
  async write({ packer, save, seen, isBase, timestamp, isLast = false }) {
    const rows = packer.rows(save, isBase ? 0 : seen, timestamp);
    const counts = placeCounts(packer.memory);
    await this.transaction('readwrite', 'saving', (transaction, each, refuse) => {
      const tables = transaction.objectStore(TABLES);
      const isFenced = !isLast || this.token !== undefined || !this.commits(transaction);
      if (isFenced) this.fence(tables, each, refuse, seen, save);
      if (isBase) {
        tables.delete(this.Range.bound([0], [save], false, true));
        for (const store of [FUNCTIONS, INDICES]) transaction.objectStore(store).clear();
      }
      for (const row of rows) tables.add(row);
      for (const { store, id, row } of packer.places) {
        if (row === undefined) transaction.objectStore(store).delete(id);
        else transaction.objectStore(store).put(row);
      }
      tables.put({ id: HEAD, format: FORMAT, save, functions: counts[FUNCTIONS], indices: counts[INDICES] });
      if (!isFenced) transaction.commit();
    });
  }

  /**
   * Whether a transaction can be committed before it is done, so that it needs its page no more. WebKit keeps a part of one whose page is
   * left then, instead of all or nothing.
   */
  commits(transaction) {
    const { navigator } = this.browser;
    return typeof transaction.commit === 'function' && !(navigator && /^Apple/.test(navigator.vendor));
  }

  /** Puts damaged rows aside, so that what is left can be saved anew. */
  putAside(damaged, timestamp) {
    return this.transaction('readwrite', 'repairing', (transaction, each) => {
      const tables = transaction.objectStore(TABLES);
      for (const { store, id } of damaged) {
        if (id === undefined) continue;
        const from = transaction.objectStore(store);
        each(from.get(id), (row) => {
          if (row === undefined) return;
          tables.put({ id: [DAMAGED, timestamp, store, id], row });
          from.delete(id);
        });
      }
    });
  }

  // ---- the row "owner" ----

  owner() {
    return this.transaction('readonly', 'reading', (transaction, each) => {
      const result = {};
      each(transaction.objectStore(TABLES).get(OWNER), (row) => { result.row = row; });
      return result;
    }).then(({ row }) => row);
  }

  /** Writes the row if it is still `before`, a token or undefined, and says whether it was. */
  async setOwner(before, token, beat) {
    const { isDone } = await this.transaction('readwrite', 'taking the database', (transaction, each) => {
      const result = { isDone: false };
      const tables = transaction.objectStore(TABLES);
      each(tables.get(OWNER), (row) => {
        if ((row && row.token) !== before) return;
        result.isDone = true;
        if (token === undefined) tables.delete(OWNER);
        else tables.put({ id: OWNER, token, beat });
      });
      return result;
    });
    return isDone;
  }

  // ---- transactions ----

  /**
   * Runs `action(transaction, each, refuse)`, where `each(request, use)` calls `use` with a request's result, and
   * `refuse(error)` undoes everything. Resolves with what it returned when that is durable.
   */
  async transaction(mode, doing, action) {
    if (this.connection === undefined) await this.open();
    return new Promise((resolve, reject) => {
      let problem;
      let result;
      const transaction = this.begin(mode);
      const refuse = (error) => {
        if (problem === undefined) problem = error;
        try {
          transaction.abort();
        } catch {
          // It is being aborted, or over: `onabort` or `oncomplete` says so.
        }
      };
      const each = (request, use) => {
        request.onsuccess = () => {
          try {
            use(request.result);
          } catch (error) {
            refuse(error);
          }
        };
      };
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(storageError(this.name, doing, problem || transaction.error || { name: 'AbortError' }));
      transaction.onerror = (event) => {
        // Firefox would report it as an error of the page; the transaction is aborted all the same, by us.
        event.preventDefault();
        const { error } = event.target;
        // While a transaction is aborted each of its requests fails; the reason is that of the transaction.
        if (error.name !== 'AbortError') refuse(error);
      };
      try {
        result = action(transaction, each, refuse);
      } catch (error) {
        refuse(error);
      }
    }).catch((error) => { throw storageError(this.name, doing, error); });
  }

  begin(mode) {
    // Browsers that do not know `durability` ignore it, and are as strict as they are.
    return this.connection.transaction(STORES, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' });
  }

  /** Refuses the save when another one came between. */
  fence(tables, each, refuse, seen, save) {
    each(tables.get(HEAD), (head) => {
      const last = head === undefined ? 0 : head.save;
      if (last >= seen && last < save) return;
      const problem = `someone else saved meanwhile: save ${last} is there, and ${seen} was the last one of this tab`;
      refuse(new StorageError(this.name, 'conflict', problem));
    });
    if (this.token === undefined) return;
    each(tables.get(OWNER), (row) => {
      if (row !== undefined && row.token === this.token) return;
      refuse(new StorageError(this.name, 'conflict', 'another tab has taken the database: this one did not answer for long'));
    });
  }

  readOldRows(tables, each, { old }) {
    each(tables.getAll(this.Range.bound(-Infinity, Infinity)), (rows) => { old.push(...rows); });
    each(tables.get(METADATA), (row) => { if (row !== undefined) old.push(row); });
  }

  readRows(tables, each, save, result, use) {
    const { Range } = this;
    const next = (range) => each(tables.getAll(range, ROWS_AT_A_TIME), (rows) => {
      for (const row of rows) {
        const problem = rowProblem(row);
        if (problem === undefined) {
          result.rows.push(row);
          use(row);
        } else {
          result.damaged.push({ store: TABLES, id: row.id, tableId: row.tableId, problem });
        }
      }
      if (rows.length === ROWS_AT_A_TIME) next(Range.bound(rows[rows.length - 1].id, [''], true, true));
    });
    next(Range.bound([save], [''], false, true));
  }
}

function isHead(head) {
  return head !== undefined && head.format === FORMAT
    && [head.save, head.functions, head.indices].every((number) => Number.isInteger(number) && number >= 0);
}

function readPlaces(transaction, each, store, result) {
  each(transaction.objectStore(store).getAll(), (rows) => {
    for (const row of rows) addPlace(store, row, result);
  });
}

/** Those of which a row of changes says that they changed. */
function readChangedPlaces(transaction, each, row, result) {
  const nothing = () => {};
  readRow(row, {
    set: nothing,
    remove: nothing,
    look: ({ store, id, table, key }) => each(transaction.objectStore(store).get(id), (place) => {
      if (place === undefined) result.places.push({ store, id, table, key, row: undefined });
      else addPlace(store, place, result);
    }),
  });
}

function addPlace(store, row, result) {
  const problem = placeProblem(store, row);
  if (problem === undefined) result.places.push({ store, id: row.id, row });
  else result.damaged.push({ store, id: row.id, tableId: row.tableId, problem });
}

/** Finds what is missing, and sets the number of the last save. */
function check(found) {
  const { head, rows, places, damaged, isAll } = found;
  found.save = head === undefined ? 0 : head.save;
  if (head === undefined && rows.length === 0 && places.length === 0) return;
  if (!isHead(head)) {
    const problem = head === undefined ? 'the row "head" is missing' : 'it is no head of this format';
    damaged.push({ store: TABLES, id: head && HEAD, problem });
    found.save = rows.reduce((most, { id }) => Math.max(most, id[0]), 0);
    return;
  }
  checkSaves(found);
  if (!isAll) return;
  for (const [store, count] of [[FUNCTIONS, head.functions], [INDICES, head.indices]]) {
    const there = places.filter((place) => place.store === store).length + damaged.filter((each) => each.store === store).length;
    if (there !== count) damaged.push({ store, problem: `${count} rows were wanted, found ${there}` });
  }
}

/** Each save goes on from one that is there, with all of its parts, up to the one that the head names. */
function checkSaves({ head, rows, damaged, after: start }) {
  const isKnown = (id) => damaged.some((each) => Array.isArray(each.id) && each.id[0] === id[0] && each.id[1] === id[1]);
  let before = start;
  for (let at = 0; at < rows.length;) {
    const [save] = rows[at].id;
    const { parts, after } = rows[at];
    for (let part = 0; part < parts; part++) {
      const isThere = at < rows.length && rows[at].id[0] === save && rows[at].id[1] === part;
      if (isThere) {
        at++;
      } else if (!isKnown([save, part])) {
        damaged.push({ store: TABLES, id: [save, part], problem: `part ${part + 1} of ${parts} is missing` });
      }
    }
    while (at < rows.length && rows[at].id[0] === save) {
      damaged.push({ store: TABLES, id: rows[at].id, problem: `the save has only ${parts} parts` });
      at++;
    }
    if (after > before) damaged.push({ store: TABLES, problem: `saves between ${before} and ${save} are missing` });
    before = save;
  }
  if (before !== head.save) damaged.push({ store: TABLES, problem: `save ${head.save} is missing` });
}
