/**
 * What stores use of a browser, in Node: an origin with IndexedDB, Web Locks and channels, and tabs that share it and can die.
 *
 * Invariant: what a tab did that is dead is what a browser would keep: transactions that were over.
 */

import {
  IDBDatabase, IDBFactory, IDBKeyRange, IDBTransaction,
} from 'fake-indexeddb';

/** All that tabs share. */
export class Origin {
  constructor() {
    this.factory = new IDBFactory();
    this.locks = [];
    this.channels = [];
    this.items = new Map();
    this.quota = Infinity;
    this.usage = 0;
    this.isDenied = false;
  }

  /**
   * @param {{ locks?: boolean, channel?: boolean, page?: boolean, storage?: boolean, lease?: object }} [has] what the browser has
   */
  tab(has = {}) {
    return new Tab(this, has);
  }

  /** Grants each lock whose turn it is. */
  grant() {
    const held = new Set();
    for (const request of this.locks) {
      if (!request.isHeld && !held.has(request.name)) request.hold();
      held.add(request.name);
    }
  }
}

/** Has the names that stores look for in `globalThis`. */
class Tab extends EventTarget {
  constructor(origin, { locks = true, channel = true, page = true, storage = true, lease }) {
    super();
    this.origin = origin;
    this.isDead = false;
    this.connections = [];
    this.IDBKeyRange = IDBKeyRange;
    this.AbortController = AbortController;
    this.lease = lease;
    this.indexedDB = {
      open: (...words) => this.open(...words),
      deleteDatabase: (name) => origin.factory.deleteDatabase(name),
    };
    this.navigator = {
      locks: locks ? new Locks(this) : undefined,
      storage: storage ? {
        estimate: async () => ({ usage: origin.usage, quota: origin.quota }),
        persisted: async () => false,
        persist: async () => true,
      } : undefined,
    };
    const tab = this;
    this.BroadcastChannel = channel ? class {
      constructor(name) {
        this.name = name;
        this.tab = tab;
        origin.channels.push(this);
      }

      postMessage(data) {
        if (tab.isDead) return;
        for (const other of origin.channels) {
          if (other === this || other.name !== this.name) continue;
          setImmediate(() => {
            if (origin.channels.includes(other) && other.onmessage) other.onmessage({ data: structuredClone(data) });
          });
        }
      }

      close() {
        origin.channels = origin.channels.filter((other) => other !== this);
      }
    } : undefined;
    if (page) {
      this.document = new EventTarget();
      this.document.visibilityState = 'visible';
    }
    this.localStorage = new Items(this);
  }

  open(...words) {
    if (this.isDead || this.origin.isDenied) throw new DOMException('the user denied it', 'SecurityError');
    const request = this.origin.factory.open(...words);
    request.addEventListener('success', () => {
      this.connections.push(request.result);
      if (this.isDead) request.result.close();
    });
    return request;
  }

  hide() {
    this.document.visibilityState = 'hidden';
    this.document.dispatchEvent(new Event('visibilitychange'));
    this.dispatchEvent(new Event('pagehide'));
  }

  /** Its transactions that have not been over are undone, unless they are being committed. */
  /** @param {{ givesUp?: boolean }} [how] givesUp: as WebKit does, which ends transactions that are committing, too */
  die({ givesUp = false } = {}) {
    this.isDead = true;
    for (const connection of this.connections) {
      for (const transaction of connection._rawDatabase.transactions) {
        if (transaction.db === connection && transaction._state !== 'finished' && (givesUp || transaction._state !== 'committing')) transaction._abort('AbortError');
      }
      connection.close();
    }
    this.origin.channels = this.origin.channels.filter(({ tab }) => tab !== this);
    this.origin.locks = this.origin.locks.filter(({ tab }) => tab !== this);
    this.origin.grant();
  }
}

class Locks {
  constructor(tab) {
    this.tab = tab;
  }

  request(name, { ifAvailable = false, signal }, callback) {
    const { tab } = this;
    const { origin } = tab;
    return new Promise((resolve, reject) => {
      const request = {
        name,
        tab,
        isHeld: false,
        hold: () => {
          request.isHeld = true;
          setImmediate(() => Promise.resolve(callback({ name })).then(resolve, reject).then(leave));
        },
      };
      const leave = () => {
        origin.locks = origin.locks.filter((other) => other !== request);
        origin.grant();
      };
      if (ifAvailable && origin.locks.some((other) => other.name === name)) {
        resolve(callback(null));
        return;
      }
      if (signal) {
        signal.addEventListener('abort', () => {
          if (request.isHeld) return;
          leave();
          reject(new DOMException('the request was aborted', 'AbortError'));
        });
      }
      if (tab.isDead) return;
      origin.locks.push(request);
      origin.grant();
    });
  }

  async query() {
    const list = (isHeld) => this.tab.origin.locks.filter((each) => each.isHeld === isHeld).map(({ name }) => ({ name }));
    return { held: list(true), pending: list(false) };
  }
}

/** localStorage, with room for so many characters. */
class Items {
  constructor(tab) {
    this.tab = tab;
    this.room = 5 * 1024 * 1024;
  }

  getItem(name) {
    return this.tab.origin.items.has(name) ? this.tab.origin.items.get(name) : null;
  }

  setItem(name, text) {
    if (this.tab.isDead) throw new Error('the tab is dead');
    const { items } = this.tab.origin;
    let used = name.length + text.length;
    for (const [other, value] of items) if (other !== name) used += other.length + value.length;
    if (used > this.room) throw new DOMException('exceeded the quota', 'QuotaExceededError');
    items.set(name, text);
  }

  removeItem(name) {
    this.tab.origin.items.delete(name);
  }
}

const execute = IDBTransaction.prototype._execRequestAsync;
const transact = IDBDatabase.prototype.transaction;

/** Ends every failure of IndexedDB. */
export function whole() {
  IDBTransaction.prototype._execRequestAsync = execute;
  IDBDatabase.prototype.transaction = transact;
}

/**
 * Makes calls of IndexedDB fail by a plan.
 * @param {(number: number) => string | undefined} plan how call `number` fails, from 1 on: `throw`: at once; `error`: its request gets an
 *   event; `abort`, `quota`: its transaction is aborted when the request is processed; `commit`: when it would be committed
 * @returns {{ calls: number }}
 */
export function failing(plan) {
  const count = { calls: 0 };
  const failure = (name) => new DOMException(`failed on purpose in call ${count.calls}`, name);
  IDBDatabase.prototype.transaction = function transaction(...words) {
    // The factory makes that of an upgrade.
    if (words[1] === 'versionchange') return transact.apply(this, words);
    count.calls++;
    if (plan(count.calls) === 'throw') throw failure('InvalidStateError');
    return transact.apply(this, words);
  };
  IDBTransaction.prototype._execRequestAsync = function request(obj) {
    count.calls++;
    const way = plan(count.calls);
    if (way === undefined || (way !== 'throw' && !obj.source)) return execute.call(this, obj);
    if (way === 'throw') throw failure('UnknownError');
    if (way === 'error') {
      const error = failure('DataError');
      return execute.call(this, { ...obj, operation: () => { throw error; } });
    }
    const name = way === 'quota' ? 'QuotaExceededError' : 'AbortError';
    return execute.call(this, {
      ...obj,
      operation: () => {
        const result = obj.operation();
        this._abort(name);
        return result;
      },
    });
  };
  return count;
}
