/**
 * The stores of a worker, from what a page says of them.
 *
 *   { memory: true }             or the bytes of a snapshot
 *   { indexeddb: name, ... }     and the options of the store
 *   { opfs: name, ... }
 *   { file: path, ... }          in Node, Deno, Bun
 *
 * Invariant: a description that is not understood is an error before anything is opened: a store in its place would lose what is done.
 */

import { IndexedDBStore } from '../store/indexeddb.js';
import { bottomOf } from '../store/layers.js';
import { MemoryStore } from '../store/memory.js';
import { OPFSStore } from '../store/opfs.js';

/** No bundler looks behind a variable: these need Node, and a package that may not be there. */
const FILE_STORE = '../store/file.js';
const ENCRYPTION = '../encrypted.js';

/** The worker before may be on its way out when the next one opens its files. */
const RESTART_WAIT_MS = 5000;

const KINDS = {
  memory: (content) => (content === true ? new MemoryStore() : MemoryStore.fromSnapshot(content)),
  indexeddb: (name, options, { report }) => IndexedDBStore.open(name, {
    onError: (error) => report('failure', error),
    onChange: () => report('change'),
    ...options,
  }),
  opfs: (name, options, { isRestart }) => OPFSStore.open(name, { ...(isRestart ? { wait: RESTART_WAIT_MS } : {}), ...options }),
  async file(path, options, { endedThreads }) {
    const { FileStore } = await import(/* webpackIgnore: true */ /* @vite-ignore */ FILE_STORE);
    return FileStore.open(path, { ...options, endedThreads });
  },
};

/**
 * Opens a store.
 * @param {object} [description] default: `{ memory: true }`
 * @param {object} context
 * @param {object} [context.stores] kinds that the program adds: by name a function of the value and the other options
 * @param {(kind: string, error?: Error) => void} context.report tells the page what nobody waits for
 * @param {boolean} context.isRestart whether this worker takes the place of another one
 * @param {number[]} [context.endedThreads] Node threads that had it open, and ended without closing it
 */
export async function openStore(description = { memory: true }, context) {
  if (typeof description !== 'object' || description === null) {
    throw new TypeError(`store is ${String(description)}; wanted is an object such as { indexeddb: 'my-app' }`);
  }
  const { stores = {} } = context;
  const kinds = { ...KINDS, ...stores };
  const names = Object.keys(description).filter((name) => Object.prototype.hasOwnProperty.call(kinds, name));
  if (Object.prototype.hasOwnProperty.call(description, 'local') && stores.local === undefined) {
    throw new TypeError("store: workers have no localStorage; { indexeddb: name } and { opfs: name } are stores of workers");
  }
  if (names.length !== 1) {
    throw new TypeError(`store has the keys ${Object.keys(description).join(', ') || 'none'}; wanted is one of ${Object.keys(kinds).join(', ')}`);
  }
  const { [names[0]]: what, ...options } = description;
  checkWhat(names[0], what);
  return kinds[names[0]](what, options, context);
}

function checkWhat(kind, what) {
  if (kind === 'memory') {
    if (what !== true && !(what instanceof Uint8Array)) throw new TypeError('store.memory is neither true nor the bytes of a snapshot');
  } else if (Object.prototype.hasOwnProperty.call(KINDS, kind) && (typeof what !== 'string' || what === '')) {
    throw new TypeError(`store.${kind} is ${typeof what === 'string' ? 'empty' : `a ${typeof what} value`}; wanted is a name`);
  }
}

/**
 * The store behind encryption.
 * @param {{ key: Uint8Array, olderKeys?: Uint8Array[] }} keys
 * @param {object} [encryption] what `cu/encrypted` exports; without it, it is looked for beside this package
 */
export async function encryptedStore(store, { key, olderKeys = [] }, encryption) {
  const { EncryptedStore, EncryptionKey } = encryption || await importEncryption();
  return EncryptedStore.open(store, { key: new EncryptionKey(key), olderKeys: olderKeys.map((bytes) => new EncryptionKey(bytes)) });
}

async function importEncryption() {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ ENCRYPTION);
  } catch (cause) {
    const advice = "write a worker file that says `import * as encryption from 'cu/encrypted'` and `serve({ encryption })`";
    throw Object.assign(new TypeError(`this worker cannot import cu/encrypted (${cause.message}): ${advice}`), { cause });
  }
}

/** Whether what is in it outlives this worker. */
export function isDurable(store) {
  return Object.getPrototypeOf(bottomOf(store)) !== MemoryStore.prototype;
}
