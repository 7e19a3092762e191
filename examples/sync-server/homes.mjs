// Shared homes, each an instance of cu over a file of its own, opened when it is asked for.
//
// Invariant: an answer is given only after what it says is on the disk (FileStore flushes at the end of each compute). A home that is not
// used is closed, so open files and memory are bounded.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Cu } from '../../host-js/full.js';
import { FileStore } from '../../host-js/node.js';
import { MOST_ROWS } from './message.mjs';

const text = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const SYNC = text('../sync.lua');
const HOME = text('home.lua');

/** Also the name of a file: no dots, no slashes, one case. */
export const HOME_NAME = /^[a-z0-9][a-z0-9-]{2,62}$/;
/** What sync.lua says to who lost its state, and home.lua to who has too much. */
const ANEW = /has begun anew|went back to an older state/;
const FULL = /the shared home is full/;
const MOST_OPEN = 50;
const MOST_FILE_BYTES = 64 * 1024 * 1024;
/** A message of the most rows takes a tenth of that. */
const INSTRUCTIONS = 300_000_000;

/** With a status for who asked. */
export class HomesError extends Error {
  constructor(status, message, options) {
    super(message, options);
    this.status = status;
  }
}

export class Homes {
  /**
   * @param {string} folder made where it is not there
   * @param {{ mostOpen?: number }} [options]
   */
  constructor(folder, { mostOpen = MOST_OPEN } = {}) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.mostOpen = mostOpen;
    /** By name, the last used at the end: `{ opening, home, users }`. */
    this.open = new Map();
    this.isClosed = false;
  }

  /** @returns {Promise<object>} an answer of message.mjs, with `last`, the position of the last change, and whether it `changed` */
  exchange(name, { me, message }) {
    return this.use(name, ({ cu, path }) => {
      if (message !== undefined && message.rows.length > 0 && statSync(path).size > MOST_FILE_BYTES) {
        throw new HomesError(507, `the shared home ${name} is full: its file has more than ${MOST_FILE_BYTES} bytes`);
      }
      return exchanged(cu, me, message);
    });
  }

  /** The position of the last change. */
  last(name) {
    return this.use(name, ({ cu }) => cu.call('last', [newName()]).value);
  }

  /** Nobody closes a home that somebody uses or waits for. */
  async use(name, action) {
    if (!HOME_NAME.test(name)) throw new HomesError(400, `${JSON.stringify(name.slice(0, 80))} is no name of a shared home: 3 to 63 small letters of ASCII, digits and hyphens`);
    if (this.isClosed) throw new HomesError(503, 'the server is about to end');
    const entry = this.open.get(name) ?? { users: 0, opening: this.begin(name), home: undefined };
    this.open.delete(name);
    this.open.set(name, entry);
    entry.users += 1;
    try {
      entry.home = await entry.opening;
      return action(entry.home);
    } finally {
      entry.users -= 1;
      // What could not be opened is tried anew by the next one.
      if (entry.home === undefined && this.open.get(name) === entry) this.open.delete(name);
      this.closeUnused(this.isClosed ? 0 : this.mostOpen);
    }
  }

  async begin(name) {
    const path = join(this.folder, `${name}.cu`);
    const store = FileStore.open(path);
    try {
      const cu = await Cu.create({ store, exact: true, now: () => Date.now(), config: { instructions: INSTRUCTIONS } });
      cu.compute(SYNC);
      cu.compute(HOME);
      cu.runGc();
      return { cu, store, path };
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** The ones that were used least lately go first. */
  closeUnused(most) {
    for (const [name, { users, home }] of this.open) {
      if (this.open.size <= most) return;
      if (users > 0) continue;
      this.open.delete(name);
      home.cu.close();
      home.store.close();
    }
  }

  /** What is in use is closed by who uses it. */
  close() {
    this.isClosed = true;
    this.closeUnused(0);
  }
}

/** Rows may be large: then there are less of them in an answer. */
function exchanged(cu, me, message) {
  for (let limit = MOST_ROWS; ; limit = Math.ceil(limit / 4)) {
    try {
      return cu.call('exchange', [newName(), me, message, limit]).value;
    } catch (error) {
      if (ANEW.test(error.message)) return { anew: error.message };
      if (FULL.test(error.message)) throw new HomesError(507, error.message, { cause: error });
      if (error.errorClass !== 'memory' || limit === 1) throw error;
    }
  }
}

/** Of a state, see sync.lua: whoever begins anew has another one. */
const newName = () => `server_${randomBytes(6).toString('hex')}`;
