/**
 * A file of audit events, a line of JSON for each.
 *
 * Invariant: a line is written whole or the write throws, and what is there is never changed. Fields come in the order of
 * the event, after the time and the name.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { decodeLossy } from './text.js';

export class AuditLog {
  /**
   * Opens a file, which is created if need be, to add lines.
   * @param {string} path
   * @param {{ name?: string, sync?: boolean, now?: () => number }} [options] name: of the instance, in each line;
   *   sync: each line is on the disk before the script goes on; now: milliseconds since 1970
   */
  static open(path, options = {}) {
    return new AuditLog(openSync(path, 'a', 0o600), options);
  }

  /** Use `AuditLog.open`. */
  constructor(file, { name, sync = false, now = Date.now }) {
    this.file = file;
    this.name = name;
    this.sync = sync;
    this.now = now;
    this.isTorn = false;
    /** For `onEvent`. */
    this.handler = (event) => this.write(event);
  }

  /** Writes an audit event; any other is left alone. */
  write(event) {
    if (event.kind !== 'audit') return;
    const bytes = Buffer.from(`${this.isTorn ? '\n' : ''}${JSON.stringify(this.line(event))}\n`);
    // Until it is known to be whole: the next line does not go on from the rest of this one.
    this.isTorn = true;
    const written = writeSync(this.file, bytes);
    this.isTorn = written !== bytes.length;
    if (this.isTorn) throw new Error(`${written} of ${bytes.length} bytes of an audit event were written`);
    if (this.sync) fsyncSync(this.file);
  }

  line({ kind, ...fields }) {
    const line = { time: new Date(this.now()).toISOString() };
    if (this.name !== undefined) line.instance = this.name;
    for (const [field, value] of Object.entries(fields)) {
      line[field] = value instanceof Uint8Array ? decodeLossy(value, 0, value.length) : value;
    }
    return line;
  }

  close() {
    closeSync(this.file);
  }
}
