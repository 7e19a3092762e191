/**
 * What can be asked of a worker: by what it is asked of, the names of its methods. The page makes its methods from this list, and the worker
 * does nothing else.
 *
 * Invariant: host-js/test/worker_methods.test.js fails when `Cu`, `Data` or `CuWASM` has a method that is neither here nor in `ON_PAGE`.
 */

/** Both sides have to be of one version of the messages (message.js). */
export const VERSION = 2;

export const METHODS = {
  /** The worker itself: session.js. */
  worker: ['open', 'create', 'close', 'end'],
  cu: [
    'compute', 'computeRaw', 'call', 'run', 'runCall', 'runGc', 'clearIo', 'memoryStats', 'reserveTables', 'setMemoryAlias', 'begin', 'commit', 'rollBack',
    'openHome', 'homes', 'renameHome', 'dropHome', 'read', 'readHome', 'className', 'getHomeTable', 'setHomeTable',
  ],
  data: [
    'get', 'set', 'delete', 'update', 'createTable', 'query', 'count', 'first', 'exists', 'explain', 'createIndex', 'dropIndex', 'indexes',
    'check', 'batch', 'schema', 'setSchema', 'version', 'migrate', 'feed', 'changes',
  ],
  /** What some stores have beside their tables; one that lacks it says so. */
  store: ['save', 'flush', 'compact', 'snapshot', 'restore', 'storage', 'persist', 'refresh', 'rotate'],
  snapshots: ['save', 'load', 'list', 'delete'],
  /** Rows of a table, page by page, and batches of a stream: rows.js, stream.js. */
  walk: ['begin', 'more', 'end'],
  stream: ['batch'],
  cuwasm: [
    'compute', 'eval', 'getLastError', 'setInput', 'setInputField', 'getOutput', 'getOutputField', 'setMetadata', 'getMetadata', 'clearIo',
    'saveState', 'loadState', 'listStates', 'deleteState', 'getMemoryStats', 'getStats', 'runGc', 'gc', 'readBuffer', 'getTableInfo', 'getTableId',
    'getIoTableId', 'getHomeTableId', 'getMemoryTableId', 'persistFunction', 'restoreFunction', 'callFunction', 'validateFunction',
    'batchTableOperations', 'createIndex', 'dropIndex', 'listIndexes', 'queryTable', 'rangeQuery', 'getQueryPlan', 'optimizeQuery',
    'beginTransaction', 'commitTransaction', 'rollbackTransaction', 'compressData', 'decompressData', 'computeWithIo', 'request',
  ],
};

/** What the page does by itself, with the methods above: it takes or gives what cannot be sent. */
export const ON_PAGE = {
  cu: ['close', 'transaction', 'homeTable', 'prepare'],
  data: ['each', 'call', 'refer', 'separate', 'operate'],
  cuwasm: ['load', 'init', 'isLoaded', 'hasUnsaved', 'storageWarning', 'close', 'transaction'],
};

/** Which argument of a method may have `signal` and `timeLimit`. */
export const OPTIONS_AT = { compute: 1, computeRaw: 1, call: 2, run: 1, runCall: 2 };

/** Those that wait where functions are offered: `compute` and `call` are then `run` and `runCall`. */
export const WAITING = ['compute', 'call', 'run', 'runCall'];

/** Methods that change what an instance is: a worker that takes the place of another one is told again. */
export const REPEATED = ['openHome', 'setMemoryAlias', 'setHomeTable'];

/** Whether the worker may do it. The names of a message are looked up in nothing but the list. */
export function isMethod(target, name) {
  return Object.prototype.hasOwnProperty.call(METHODS, target) && METHODS[target].includes(name);
}

/**
 * Gives a class the methods of a target; `send(object, name, args)` answers the promise of each. They never throw.
 * @param {object} prototype
 * @param {string[]} names
 */
export function addMethods(prototype, names, send) {
  for (const name of names) {
    const method = { async [name](...args) { return send(this, name, args); } }[name];
    Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
  }
}
