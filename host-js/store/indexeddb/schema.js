/**
 * The database of an IndexedDBStore: its version, three object stores and four indexes, and how it is opened.
 *
 *   externalTables     id                       what it holds
 *     tableId            "head"                 what was saved last, see database.js
 *     timestamp          "owner"                the tab that has the database where there are no Web Locks, see lease.js
 *                        [save, part]           changes of tables, see rows.js
 *                        ["snapshot", name]     a named snapshot; its bytes are in ["snapshot bytes", name, part]
 *                        ["damaged", when, id]  a row that a repair put aside
 *                        number, "__metadata__" tables of version 1, see legacy.js
 *
 *   functionRegistry   [tableId, name]          one row of a table of stored functions or their bytecode; name: its key in hexadecimal
 *     tableId_name
 *
 *   indices            [tableId, field]         one row of the table that says which indexes there are; field: its key
 *     table_field
 *
 * Invariant: opening changes no row. A database of version 1 keeps its rows, also when nothing can read them.
 */

import { StorageError } from '../storage_error.js';
import { after } from '../timer.js';

export const DATABASE = 'LuaEnhancedStorage';
export const VERSION = 2;
export const TABLES = 'externalTables';
export const FUNCTIONS = 'functionRegistry';
export const INDICES = 'indices';
export const STORES = [TABLES, FUNCTIONS, INDICES];

const INDEXES = {
  [TABLES]: { tableId: ['tableId', false], timestamp: ['timestamp', false] },
  [FUNCTIONS]: { tableId_name: [['tableId', 'name'], true] },
  [INDICES]: { table_field: [['tableId', 'field'], true] },
};

/**
 * @param {{ indexedDB?: IDBFactory }} browser
 * @param {string} name of the database
 * @param {number} wait milliseconds for tabs that have an older version open
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(browser, name, wait) {
  return new Promise((resolve, reject) => {
    const request = requestOf(browser, name, (factory) => factory.open(name, VERSION));
    let isLate = false;
    let isBlocked = false;
    const timer = after(wait, () => {
      isLate = true;
      reject(isBlocked
        ? new StorageError(name, 'blocked', `another tab has version 1 of the database open; close it (${wait} ms were waited)`)
        : new StorageError(name, 'blocked', `the browser did not open the database within ${wait} ms`));
    });
    request.onblocked = () => { isBlocked = true; };
    let problem;
    request.onupgradeneeded = () => {
      try {
        upgrade(request.result, request.transaction);
      } catch (error) {
        problem = error;
        request.transaction.abort();
      }
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      if (isLate) request.result.close();
      else resolve(request.result);
    };
    request.onerror = (event) => {
      // Firefox reports it as an error of the page otherwise.
      if (event && event.preventDefault) event.preventDefault();
      clearTimeout(timer);
      reject(openError(name, problem || request.error));
    };
  });
}

/** Removes a database, when no tab has it open any more. */
export function deleteDatabase(browser, name) {
  return new Promise((resolve, reject) => {
    const request = requestOf(browser, name, (factory) => factory.deleteDatabase(name));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(openError(name, request.error));
  });
}

/** In a page that may store nothing even a look at `indexedDB` can throw. */
function requestOf(browser, name, ask) {
  try {
    const factory = browser.indexedDB;
    if (!factory) throw new StorageError(name, 'unsupported', 'there is no IndexedDB here; a MemoryStore works, and keeps nothing');
    return ask(factory);
  } catch (cause) {
    throw cause instanceof StorageError ? cause : openError(name, cause);
  }
}

function upgrade(database, transaction) {
  for (const name of STORES) {
    const store = database.objectStoreNames.contains(name)
      ? transaction.objectStore(name)
      : database.createObjectStore(name, { keyPath: 'id' });
    for (const [index, [path, unique]] of Object.entries(INDEXES[name])) {
      if (!store.indexNames.contains(index)) store.createIndex(index, path, { unique });
    }
  }
}

/** What Chromium says of a page whose cookies are blocked; the name of that error is that of any failure. */
const DENIED = /denied permission/;

function openError(name, cause) {
  const said = cause ? `${cause.name}: ${cause.message}` : 'no reason was given';
  switch (DENIED.test(said) ? 'NotAllowedError' : cause && cause.name) {
    case 'QuotaExceededError':
      return new StorageError(name, 'quota', `the browser gives no room for the database (${said})`, { cause });
    case 'VersionError':
      return new StorageError(
        name, 'version', `the database is newer than version ${VERSION}, which this page knows; reload it (${said})`, { cause },
      );
    case 'SecurityError':
    case 'InvalidStateError':
    case 'NotAllowedError':
      return new StorageError(
        name, 'denied', `the browser lets this page store nothing, as in private windows or with blocked cookies (${said})`, { cause },
      );
    default:
      return new StorageError(name, 'failed', `the database cannot be opened (${said})`, { cause });
  }
}
