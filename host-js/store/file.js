/**
 * A store in a file, for Node (log_store.js). One process writes it at a time.
 */

import { checkNames } from '../option_names.js';
import { NodeDisk, realPathOf } from './disk.js';
import { Lock } from './lock.js';
import { LogStore } from './log_store.js';

const OPTIONS = ['flushAfterCompute', 'wait', 'readOnly', 'repair', 'endedThreads'];

export class FileStore extends LogStore {
  /**
   * Opens the store in a file, which is created when it is not there.
   * @param {string} path
   * @param {{ flushAfterCompute?: boolean, repair?: boolean, wait?: number, readOnly?: boolean,
   *   endedThreads?: number[] }} [options]
   *   flushAfterCompute: default true; repair: cut a damaged log before the first damaged byte; wait: milliseconds for which
   *   another process may still have the file, default 0; readOnly: read the file as it is, and change
   *   nothing; endedThreads: the ids of threads of this process that had the file, and ended without closing it
   * @returns {FileStore}
   */
  static open(path, options = {}) {
    if (typeof path !== 'string' || path === '') throw new TypeError('the path of a store is a string that is not empty');
    checkNames(options, 'a FileStore', OPTIONS);
    const disk = new NodeDisk(realPathOf(path));
    if (options.readOnly) return new this(disk, undefined, options);
    const lock = new Lock(disk.path, options.wait, options.endedThreads);
    try {
      return new this(disk, lock, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  }
}
