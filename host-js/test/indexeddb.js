/** What the tests of IndexedDBStore have in common: stores in tabs of their own, and the rows of their database. */

import { encode } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';

export const bytes = (...numbers) => Uint8Array.from(numbers);
export const hex = (store) => Buffer.from(store.snapshot()).toString('hex');
export const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A store in a tab of its own, which asks for every save. */
export const openIn = (origin, options = {}, has = {}) => IndexedDBStore.open('store', { autosave: false, browser: origin.tab(has), ...options });

/** The rows of an object store. */
export function rowsOf(origin, name) {
  return new Promise((resolve, reject) => {
    const request = origin.factory.open('store');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction(name).objectStore(name).getAll();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result);
      };
    };
  });
}

/** Changes rows of the database behind the store's back. */
export function change(origin, action) {
  return new Promise((resolve, reject) => {
    const request = origin.factory.open('store');
    request.onsuccess = () => {
      const transaction = request.result.transaction([...request.result.objectStoreNames], 'readwrite');
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
      transaction.onabort = () => reject(transaction.error);
      action(transaction);
    };
  });
}

/** A database of version 1 with these rows, open. */
export function openOld(origin, rows, name = 'store') {
  return new Promise((resolve) => {
    const request = origin.factory.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('externalTables', { keyPath: 'id' });
    request.onsuccess = () => {
      const transaction = request.result.transaction('externalTables', 'readwrite');
      for (const row of rows) transaction.objectStore('externalTables').put(row);
      transaction.oncomplete = () => resolve(request.result);
    };
  });
}

const old = (value) => ({ _type: 'binary', data: [...value] });

/** What the earlier program saved. */
export const OLD = [
  { id: 1, data: { name: old(encode('one')), 1: old(encode(7)) } },
  { id: 2, data: { n: old(encode(2.5)), child: old([7, 1, 0, 0, 0]), f: old([5, 1, 2]), text: 'no value' } },
  { id: '__metadata__', data: { memoryTableId: 2, nextTableId: 3 } },
];
