/** What the tests of IndexedDBStore have in common: stores in tabs of their own, and the rows of their database. */

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
