/**
 * Snapshots as files of a folder, where there are the file functions of Node. A file is called after its snapshot: all but small
 * letters, digits, `-` and `_` is written `%XX`, so that names which differ in case are different files everywhere.
 *
 * Invariant: under a name there is always the whole of one snapshot, that before or that after a `save`, whatever happens to this process.
 */

const SUFFIX = '.cu';
const UNFINISHED = '.new';

/** The longest name of a file that file systems take. */
const FILE_NAME_BYTES = 255;

/** The module is named at run time, so that tools which bundle for browsers do not look for it. */
const FILE_SYSTEM = ['node', 'fs'].join(':');

export class FolderStorage {
  /** @param {string} path of the folder, which is made by the first `save` */
  constructor(path) {
    if (typeof path !== 'string' || path === '') throw new TypeError(`the path of a folder is text, not ${JSON.stringify(path)}`);
    this.path = path;
    this.files = undefined;
  }

  async save(name, bytes) {
    const files = await this.open();
    const path = this.fileOf(name);
    // Another save of this name may be going on, in another thread or process.
    const unfinished = `${path}.${process.pid}-${Math.random().toString(36).slice(2, 10)}${UNFINISHED}`;
    files.mkdirSync(this.path, { recursive: true });
    try {
      writeDurably(files, unfinished, bytes);
      files.renameSync(unfinished, path);
    } catch (error) {
      files.rmSync(unfinished, { force: true });
      throw error;
    }
    makeFolderDurable(files, this.path);
  }

  async load(name) {
    const files = await this.open();
    return orAbsent(() => new Uint8Array(files.readFileSync(this.fileOf(name))), undefined);
  }

  async list() {
    const files = await this.open();
    const names = orAbsent(() => files.readdirSync(this.path), []);
    return names.filter((name) => name.endsWith(SUFFIX)).map(snapshotOf).filter((name) => name !== undefined).sort();
  }

  async delete(name) {
    const files = await this.open();
    return orAbsent(() => {
      files.unlinkSync(this.fileOf(name));
      return true;
    }, false);
  }

  async open() {
    if (this.files === undefined) this.files = await import(/* webpackIgnore: true */ /* @vite-ignore */ FILE_SYSTEM);
    return this.files;
  }

  fileOf(name) {
    const file = encodeURIComponent(name).replace(/%..|[^a-z0-9_-]/g, (part) => (part.length === 1 ? escapeOf(part) : part)) + SUFFIX;
    if (file.length + UNFINISHED.length + 24 > FILE_NAME_BYTES) {
      throw new RangeError(`the name of a snapshot is too long for a file: ${JSON.stringify(name)}`);
    }
    return `${this.path}/${file}`;
  }
}

/** Of a character of ASCII. */
function escapeOf(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Undefined for a file that none of this class has written. */
function snapshotOf(file) {
  try {
    return decodeURIComponent(file.slice(0, -SUFFIX.length));
  } catch (error) {
    return undefined;
  }
}

function orAbsent(action, absent) {
  try {
    return action();
  } catch (error) {
    if (error.code === 'ENOENT') return absent;
    throw error;
  }
}

function writeDurably(files, path, bytes) {
  const file = files.openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += files.writeSync(file, bytes, at, bytes.length - at);
    files.fsyncSync(file);
  } finally {
    files.closeSync(file);
  }
}

/** Some systems cannot open a folder; there the rename is as durable as they make it. */
function makeFolderDurable(files, path) {
  let folder;
  try {
    folder = files.openSync(path, 'r');
  } catch (error) {
    return;
  }
  try {
    files.fsyncSync(folder);
  } catch (error) {
    if (error.code !== 'EPERM' && error.code !== 'EINVAL' && error.code !== 'EISDIR') throw error;
  } finally {
    files.closeSync(folder);
  }
}
