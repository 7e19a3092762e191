/**
 * A file of audit events, a line of JSON for each.
 *
 * Invariant: a line is written whole or `write` throws, and lines in the file never change. The time and the name come
 * first in a line, then the fields of the event in their order.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { EVENT_AUDIT } from './abi.js';
import { decodeLossy } from './text.js';

export class AuditLog {
  /**
   * Opens a file to add lines; creates it if there is none.
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

  /** Writes an audit event; ignores any other event. */
  write(event) {
    if (event.kind !== EVENT_AUDIT) return;
    const bytes = Buffer.from(`${this.isTorn ? '\n' : ''}${JSON.stringify(this.line(event))}\n`);
    // If this line is not written whole, the next one starts on a line of its own.
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
