/**
 * The answers of the last queries, for those that are asked again and again. The first time only the question is kept, so that
 * queries between which tables change take no longer than without this.
 *
 * Invariant: an answer is given only while no table but `_io` has changed since it was kept. Every caller gets values of its own.
 */

import { decode, encode } from '../codec.js';

/** What is kept at most, together 2 MB. */
const ANSWERS = 32;
const ANSWER_BYTES = 65536;

const QUESTION_BYTES = 4096;

/** More rows are not even encoded. */
const ANSWER_ROWS = 1000;

export class QueryCache {
  constructor() {
    /** Encoded rows by what was asked, the last used last; undefined what was asked once. */
    this.answers = new Map();
    /** The store and its `changes` when they were the answers. */
    this.store = undefined;
    this.changes = undefined;
  }

  /**
   * @param {import('./tracked_store.js').TrackedStore} store
   * @param {string} question
   * @returns {unknown[] | undefined} rows
   */
  find(store, question) {
    if (!this.isOf(store)) return undefined;
    const bytes = this.answers.get(question);
    if (bytes === undefined) return undefined;
    this.answers.delete(question);
    this.answers.set(question, bytes);
    return decode(bytes);
  }

  keep(store, question, rows) {
    if (!this.isOf(store)) {
      this.answers.clear();
      this.store = store;
      this.changes = store.changes;
    }
    const bytes = this.answers.has(question) ? encodeShort(rows) : undefined;
    this.answers.delete(question);
    this.answers.set(question, bytes);
    if (this.answers.size > ANSWERS) this.answers.delete(this.answers.keys().next().value);
  }

  isOf(store) {
    return this.store === store && this.changes === store.changes;
  }
}

/** Undefined for what is too long to be kept. */
function encodeShort(rows) {
  if (rows.length > ANSWER_ROWS) return undefined;
  const bytes = encode(rows);
  return bytes.length > ANSWER_BYTES ? undefined : bytes;
}

/** A query as text, equal for equal values only; undefined for one that is too long, or has what no query may have. */
export function questionOf(table, spec) {
  let bytes;
  try {
    bytes = encode([table, spec]);
  } catch (error) {
    return undefined;
  }
  return bytes.length > QUESTION_BYTES ? undefined : String.fromCharCode(...bytes);
}
