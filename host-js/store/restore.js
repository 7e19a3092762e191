/**
 * The content of a snapshot in the place of that of a store over which instances work.
 *
 * Invariant: no instance takes a table, a function or a captured variable of the content before for one of the content after. To them it
 * is as if a collection had freed everything, and all ids had been given again since (docs/formats.md, "Homes, ids and collections").
 */

import { TABLE_IO, TABLE_SYSTEM_FIRST } from '../abi.js';
import { decode, encode, encodeKey } from '../codec.js';
import { StateError } from '../errors.js';
import { turnOf } from '../turn.js';
import { bottomOf, layerWith } from './layers.js';
import { MemoryStore } from './memory.js';
import { keysOf, replaceContent } from './replace.js';
import { readWord, writeWord } from './words.js';

const COUNTER = TABLE_SYSTEM_FIRST;
const REUSED = TABLE_SYSTEM_FIRST + 10;

const NEXT = encodeKey('next_table');
const LEDGER = encodeKey('collections');

/** Of the ledger's bytes, behind the tag and the length of a string: version, `unknown`, `collections`. */
const VERSION = 1;
const UNKNOWN_AT = 1;
const COLLECTIONS_AT = 5;
const LEDGER_BYTES = 9;
const HEAD_BYTES = 5;

/**
 * Makes the content of a store that of a snapshot, in the turn of the store where it has turns; undone when it is none.
 * @param {object} store that of the instances, which may lie over others
 * @param {Uint8Array} bytes of the undermost one: those of `snapshot()`
 * @returns {Promise<void> | undefined} a promise where the store has turns
 */
export function restoreSnapshot(store, bytes) {
  const other = MemoryStore.fromSnapshot(bytes);
  const change = () => restoreContent(store, other, bottomOf(store));
  const turning = layerWith(store, 'turn');
  return turning === undefined ? change() : turning.turn(change);
}

/** The same in the way of the store, where it has one of its own. */
export const restoreInto = (store, bytes) => (typeof store.restore === 'function' ? store.restore(bytes) : restoreSnapshot(store, bytes));

/**
 * @param {object} store see memory.js; that of the instances
 * @param {object} other with the content
 * @param {object} [inner] the store below, of which it is
 */
export function restoreContent(store, other, inner = store) {
  inTurn(store, () => {
    const before = givenIn(store);
    replaceContent(inner, other);
    if (inner !== store) tellLayers(store);
    const after = givenIn(store);
    // Rows that no module wrote have no instances.
    if (before.ledger === undefined && after.ledger === undefined && before.next === 0 && after.next === 0) return;
    const ledger = after.ledger || newLedger(after.next);
    const collection = Math.max(collectionsOf(before), collectionsOf(after)) + 1;
    writeWord(ledger, COLLECTIONS_AT, collection);
    store.set(COUNTER, LEDGER, encode(ledger));
    for (const key of keysOf(store, REUSED)) store.delete(REUSED, key);
    const first = TABLE_IO + 1;
    const end = Math.max(before.next, after.next);
    if (end > first) store.set(REUSED, encodeKey(first * 2 ** 32 + end), encode(collection));
  });
}

/** Each store that has `restored` looks at what is below it now, from below; it throws where it cannot read that. */
function tellLayers(store) {
  if (store.inner !== undefined) tellLayers(store.inner);
  if (typeof store.restored === 'function') store.restored();
}

/** As instances do it: no transaction of one is open, and each of them finds the store changed. */
function inTurn(store, action) {
  const turn = turnOf(store);
  turn.begin();
  try {
    turn.note(COUNTER);
    action();
  } catch (error) {
    turn.rollBack();
    throw error;
  }
  turn.commit();
}

/** What a store says of ids: none from `next` on was ever given. */
function givenIn(store) {
  const ledger = store.get(COUNTER, LEDGER);
  const next = nextIn(store);
  return {
    ledger: ledger !== undefined && ledger.length === HEAD_BYTES + LEDGER_BYTES ? ledger.slice(HEAD_BYTES) : undefined,
    next: Number.isSafeInteger(next) ? next : 0,
  };
}

function nextIn(store) {
  const value = store.get(COUNTER, NEXT);
  if (value === undefined) return 0;
  try {
    return decode(value);
  } catch (cause) {
    const problem = `the counter of tables (table ${COUNTER}, "next_table") cannot be read: ${cause.message}`;
    const advice = 'restore the store that decrypts it where it is encrypted, else an empty store';
    throw new StateError(`nothing was restored: ${problem}; ${advice}`, { cause });
  }
}

/** Each id may have been given before there was a ledger. */
function newLedger(next) {
  const ledger = new Uint8Array(LEDGER_BYTES);
  ledger[0] = VERSION;
  writeWord(ledger, UNKNOWN_AT, next);
  return ledger;
}

const collectionsOf = ({ ledger }) => (ledger === undefined ? 0 : readWord(ledger, COLLECTIONS_AT));
