/**
 * A store in the origin private file system of a browser, for a worker: what a compute changed is durable when it returns.
 *
 * It is that of Node (log_store.js) on another disk.
 */

import { CuError, FileStoreError } from '../errors.js';
import { checkNames } from '../option_names.js';
import { LogStore } from './log_store.js';
import { OpfsDisk } from './opfs/disk.js';
import { StorageError, storageError } from './storage_error.js';

export { FileStoreError, StorageError };

const FOLDER = 'cu';
const OPTIONS = ['flushAfterCompute', 'repair', 'wait', 'browser'];
const PARTS = ['a', 'b', 'spare'];
const RETRY_MS = 20;

export class OPFSStore extends LogStore {
  /**
   * Opens the store of that name, which is created when it is not there. One worker of the origin has it at a time.
   * @param {string} name
   * @param {{ flushAfterCompute?: boolean, repair?: boolean, wait?: number, browser?: object }} [options] see log_store.js; wait:
   *   milliseconds for which another worker may still have it, default 0
   * @returns {Promise<OPFSStore>}
   */
  static async open(name, given = {}) {
    checkNames(given, 'an OPFSStore', OPTIONS);
    const { wait = 0, browser = globalThis, ...options } = given;
    if (typeof name !== 'string' || name === '') throw new TypeError('the name of a store is a string that is not empty');
    const handles = await openHandles(name, wait, browser);
    let disk;
    try {
      disk = new OpfsDisk(name, handles.slice(0, 2), handles[2]);
      return new this(disk, disk, options);
    } catch (error) {
      for (const handle of handles) handle.close();
      throw error instanceof CuError ? error : storageError(name, 'opening the store', error);
    }
  }

  /** Removes a store that no worker has open. */
  static async delete(name, { browser = globalThis } = {}) {
    const folder = await folderOf(name, browser);
    for (const part of PARTS) {
      try {
        await folder.removeEntry(fileName(name, part));
      } catch (cause) {
        if (cause.name !== 'NotFoundError') throw storageError(name, 'removing the store', cause);
      }
    }
  }
}

async function openHandles(name, wait, browser) {
  const folder = await folderOf(name, browser);
  const end = Date.now() + wait;
  for (;;) {
    const handles = [];
    try {
      for (const part of PARTS) {
        const file = await folder.getFileHandle(fileName(name, part), { create: true });
        if (typeof file.createSyncAccessHandle !== 'function') {
          const problem = 'files are synchronous only in a dedicated worker of a browser that has createSyncAccessHandle';
          throw new StorageError(name, 'unsupported', problem);
        }
        handles.push(await file.createSyncAccessHandle());
      }
      // Browsers of 2022 answer with promises here.
      if (typeof handles[0].getSize() !== 'number') {
        throw new StorageError(name, 'unsupported', 'the access handles of this browser are not synchronous yet');
      }
      return handles;
    } catch (cause) {
      for (const handle of handles) handle.close();
      if (cause.name === 'NotSupportedError') {
        throw new StorageError(name, 'unsupported', `this browser cannot open files synchronously (${cause.message})`, { cause });
      }
      const isTaken = cause.name === 'NoModificationAllowedError' || cause.name === 'InvalidStateError';
      if (!isTaken) throw storageError(name, 'opening the store', cause);
      if (Date.now() >= end) throw new StorageError(name, 'busy', 'another tab or worker has the store open', { cause });
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
    }
  }
}

async function folderOf(name, { navigator }) {
  if (!navigator || !navigator.storage || typeof navigator.storage.getDirectory !== 'function') {
    throw new StorageError(name, 'unsupported', 'this browser has no origin private file system (or the page no secure origin)');
  }
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch (cause) {
    // In a private window WebKit has a folder that fails for an unknown reason.
    if (cause.name !== 'SecurityError' && cause.name !== 'UnknownError') throw storageError(name, 'opening the folder of stores', cause);
    const problem = `the browser does not let this page store files, as in private windows or with blocked cookies (${cause.message})`;
    throw new StorageError(name, 'denied', problem, { cause });
  }
}

/** A name may have characters that files may not. */
function fileName(name, part) {
  return `${encodeURIComponent(name).replace(/\*/g, '%2A')}.${part}`;
}
