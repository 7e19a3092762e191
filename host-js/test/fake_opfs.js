/**
 * The origin private file system in Node: files with synchronous access handles, which fail or lose power when a test says so.
 *
 * Invariant: after `crash` a file has what was flushed, and of what was written since that which a test chooses.
 */

class File {
  constructor() {
    this.bytes = new Uint8Array(0);
    this.flushed = this.bytes;
    /** What was done since the last flush. */
    this.pending = [];
    this.isTaken = false;
  }

  change(action) {
    this.pending.push(action);
    this.bytes = action(this.bytes);
  }
}

export class Opfs {
  /** @param {(number: number, name: string) => string | undefined} [plan] the name of the error with which call `number` fails, from 1 on */
  constructor(plan = () => undefined) {
    this.files = new Map();
    this.plan = plan;
    this.calls = 0;
    this.room = Infinity;
    this.storage = { getDirectory: async () => this.folder('') };
    /** For the option `browser` of a store. */
    this.browser = { navigator: { storage: this.storage } };
  }

  folder(path) {
    return {
      getDirectoryHandle: async (name) => this.folder(`${path}${name}/`),
      getFileHandle: async (name) => ({ createSyncAccessHandle: async () => this.handle(`${path}${name}`) }),
      removeEntry: async (name) => {
        if (!this.files.delete(`${path}${name}`)) throw new DOMException('not found', 'NotFoundError');
      },
    };
  }

  handle(path) {
    if (!this.files.has(path)) this.files.set(path, new File());
    const file = this.files.get(path);
    if (file.isTaken) throw new DOMException('it is taken', 'NoModificationAllowedError');
    file.isTaken = true;
    return new Handle(this, file);
  }

  call(name) {
    this.calls++;
    const failure = this.plan(this.calls, name);
    if (failure !== undefined) throw new DOMException(`call ${this.calls}, ${name}, failed on purpose`, failure);
  }

  get used() {
    return [...this.files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** @param {() => boolean} keeps asked for each change that was not flushed */
  crash(keeps) {
    for (const file of this.files.values()) {
      file.bytes = file.pending.filter(keeps).reduce((bytes, action) => action(bytes), file.flushed);
      file.flushed = file.bytes;
      file.pending = [];
      file.isTaken = false;
    }
  }
}

class Handle {
  constructor(system, file) {
    this.system = system;
    this.file = file;
  }

  getSize() {
    return this.file.bytes.length;
  }

  read(into, { at }) {
    this.system.call('read');
    const part = this.file.bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  }

  write(bytes, { at }) {
    this.system.call('write');
    const length = Math.max(this.file.bytes.length, at + bytes.length);
    if (this.system.used + length - this.file.bytes.length > this.system.room) throw new DOMException('no room', 'QuotaExceededError');
    const copy = bytes.slice();
    this.file.change((before) => {
      const after = new Uint8Array(Math.max(before.length, at + copy.length));
      after.set(before);
      after.set(copy, at);
      return after;
    });
    return bytes.length;
  }

  truncate(length) {
    this.system.call('truncate');
    this.file.change((before) => {
      const after = new Uint8Array(length);
      after.set(before.subarray(0, length));
      return after;
    });
  }

  flush() {
    this.system.call('flush');
    this.file.flushed = this.file.bytes;
    this.file.pending = [];
  }

  close() {
    this.file.isTaken = false;
  }
}
