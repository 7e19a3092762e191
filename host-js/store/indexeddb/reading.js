/**
 * Reads into an IndexedDBStore what was saved since it read last, by this tab or another one.
 *
 * Invariant: what is read becomes one unit of the store. Where rows are damaged nothing is read, unless a repair was asked for.
 */

import { Block } from '../../block.js';
import { tell } from '../handler.js';
import { MemoryStore } from '../memory.js';
import { asUnit, replaceContent } from '../replace.js';
import { StorageError } from '../storage_error.js';
import { readOld } from './legacy.js';
import { readPlace, readRow } from './rows.js';

const SHOWN_ROWS = 5;

/**
 * @param {import('../indexeddb.js').IndexedDBStore} store
 * @param {() => boolean} isAllowed asked after the reading: whether the store may change now
 */
export async function catchUp(store, isAllowed) {
  const { saves } = store;
  const found = await store.database.read(saves.seen);
  const { save, rows, old, damaged } = found;
  if (damaged.length > 0 && !(store.repair && saves.seen === 0)) throw damage(store.name, damaged);
  if (!isAllowed() || (save === saves.seen && old.length === 0 && damaged.length === 0)) return;
  if (store.hasUnsaved) {
    throw new StorageError(store.name, 'conflict', 'someone else saved while this tab had changes that are not saved');
  }
  if (found.isAll) loadAll(store, found);
  else asUnit(store.quiet, () => apply(found, store.quiet));
  saves.read(save, rows);
  if (old.length > 0) convert(store, old);
  if (damaged.length > 0) await rescue(store, damaged);
  tell(store.onChange);
}

function loadAll(store, found) {
  if (store.nextTable() === undefined) {
    apply(found, store.quiet);
    return;
  }
  const other = new MemoryStore();
  apply(found, other);
  asUnit(store.quiet, () => replaceContent(store.quiet, other));
}

function apply({ rows, places }, store) {
  const set = (table, key, value) => store.set(table, key, value);
  const remove = (table, key) => store.delete(table, key);
  for (const row of rows) readRow(row, { set, remove, look: () => {} });
  for (const place of places) {
    if (place.row === undefined) {
      remove(place.table, place.key);
    } else {
      const { table, key, value } = readPlace(place.store, place.row);
      set(table, key, value);
    }
  }
}

/** Takes over what an earlier program left in a database of version 1. Its rows stay. */
function convert(store, rows) {
  const { quiet, changes } = store;
  store.notConverted = readOld(rows, (table, key, value) => {
    quiet.set(table, key, value);
    changes.add(table, new Block(key), 0, key.length);
  });
  if (!changes.isEmpty) store.autosave.set();
}

function damage(name, rows) {
  const shown = rows.slice(0, SHOWN_ROWS).map(({ store, id, tableId, problem }) => (
    `${store}${id === undefined ? '' : ` ${JSON.stringify(id)}`}${tableId === undefined ? '' : ` (table ${tableId})`}: ${problem}`
  ));
  if (rows.length > shown.length) shown.push(`${rows.length - shown.length} more`);
  const message = `the database is damaged, and was not changed; with repair: true the rest can be read. ${shown.join('; ')}`;
  return new StorageError(name, 'damaged', message, { rows });
}

/** Saves what could be read, with the damaged rows put aside. */
async function rescue(store, damaged) {
  store.leftOut = damaged;
  await store.database.putAside(damaged, Date.now());
  await store.saves.compact(0);
}
