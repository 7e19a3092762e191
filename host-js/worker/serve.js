/**
 * The worker's side: `cu/worker/serve`. A worker file that says `serve()` answers the pages of `cu/worker`.
 *
 * Invariant: messages that are not of `cu/worker` are left to the program.
 */

import { StateError } from '../errors.js';
import { VERSION } from './methods.js';
import { Session } from './session.js';

const OPTIONS = ['store', 'stores', 'encryption', 'options'];

/**
 * Answers every page that connects. Call it while the file of the worker is read, before anything is awaited: a browser forgets messages
 * for which there is no listener yet.
 * @param {object} [given]
 * @param {object | Promise<object> | (() => object | Promise<object>)} [given.store] the store of all connections, which stays open when they
 *   end; without it each page says what its store is
 * @param {{ [kind: string]: (value: unknown, options: object) => object }} [given.stores] more kinds of stores, by the key under which a page
 *   asks for them
 * @param {object} [given.encryption] what `cu/encrypted` exports, for the option `encrypted` of pages
 * @param {object} [given.options] of every instance, as for `Cu.create`; a page may say others
 */
export function serve(given = {}) {
  for (const name of Object.keys(given)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`serve has no option ${name}; there are ${OPTIONS.join(', ')}`);
  }
  const shared = { ...given, store: typeof given.store === 'function' ? given.store() : given.store };
  // An error of the store is for who connects.
  if (shared.store instanceof Promise) shared.store.catch(() => {});
  listen((greeting) => new Session(greeting, shared), shared);
}

function listen(begin, shared) {
  const isScope = typeof document === 'undefined' && typeof addEventListener === 'function';
  if (isScope && typeof postMessage === 'function') {
    shared.locks = locksOf();
    addEventListener('message', ({ data }) => greet(data, begin));
  } else if (isScope && 'onconnect' in globalThis) {
    shared.locks = locksOf();
    addEventListener('connect', ({ ports: [port] }) => {
      port.addEventListener('message', ({ data }) => greet(data, begin));
      port.start();
    });
  } else if (typeof document === 'undefined' && typeof process !== 'undefined') {
    listenInNode(begin);
  } else throw new StateError('serve is for a worker, and this is a page');
}

async function listenInNode(begin) {
  const name = ['node', 'worker_threads'].join(':');
  const { parentPort } = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  if (parentPort === null) throw new StateError('serve is for a worker, and this is the main thread');
  parentPort.on('message', (message) => greet(message, begin));
}

function greet(message, begin) {
  if (typeof message !== 'object' || message === null || message.cuWorker === undefined) return;
  const { cuWorker, port } = message;
  if (typeof port !== 'object' || port === null || typeof port.postMessage !== 'function') return;
  if (cuWorker === VERSION) begin(message);
  else port.postMessage({ welcome: VERSION });
}

function locksOf() {
  return typeof navigator === 'object' && navigator !== null && navigator.locks ? navigator.locks : undefined;
}
