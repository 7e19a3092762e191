/**
 * A file that says which process writes another file.
 *
 * It holds the process id, where the system has it (Linux) the time at which that process started, since a later process may have
 * the same id, and the thread of the process.
 *
 *   pid start thread
 *
 * Invariant: a lock file appears with its content, never empty, and only one of several processes can create it.
 */

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';
import { FileStoreError } from '../errors.js';

// An old lock is removed, and a new one created. More attempts are needed only when many processes start at once.
const ATTEMPTS = 5;

// How often the lock of another process is looked at.
const WAIT_STEP_MS = 10;

let locksTaken = 0;

/** The locks of this thread: it would wait for itself. */
const held = new Set();

const neverNotified = new Int32Array(new SharedArrayBuffer(4));

export class Lock {
  /**
   * Takes the lock of `path`, or throws a FileStoreError that names its holder.
   * @param {string} path
   * @param {number} [wait] milliseconds for which another process may still hold it; nothing else runs in this thread meanwhile
   * @param {number[]} [endedThreads] threads of this process that have ended, and may have left their lock
   */
  constructor(path, wait = 0, endedThreads = []) {
    this.path = `${path}.lock`;
    this.text = textOf(threadId);
    this.ended = endedThreads.map(textOf);
    const own = `${this.path}.${process.pid}.${threadId}.${Date.now()}.${locksTaken++}`;
    try {
      writeFileSync(own, this.text);
    } catch (cause) {
      if (cause.code === 'ENOENT') throw new FileStoreError(path, `the folder ${dirname(path)} is not there`, { cause });
      const advice = cause.code === 'EROFS' || cause.code === 'EACCES' ? '; with readOnly: true it can be read' : '';
      throw new FileStoreError(path, `no lock: ${cause.message}${advice}`, { cause });
    }
    try {
      this.takeWithin(wait, path, own);
    } finally {
      rmSync(own, { force: true });
    }
    held.add(this.path);
  }

  takeWithin(wait, path, own) {
    const end = performance.now() + wait;
    for (;;) {
      try {
        this.take(path, own);
        return;
      } catch (error) {
        const left = end - performance.now();
        if (!(error instanceof FileStoreError) || !(left > 0) || held.has(this.path)) throw error;
        Atomics.wait(neverNotified, 0, 0, Math.min(left, WAIT_STEP_MS));
      }
    }
  }

  take(path, own) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (link(own, this.path)) return;
      const holder = read(this.path);
      if (holder === undefined) continue;
      if (!this.ended.includes(holder) && isAlive(holder)) {
        const pid = holder.split(' ')[0].trim();
        const advice = holder === this.text ? 'it is open in this thread, and has to be closed first' : `if that is not so, remove ${this.path}`;
        throw new FileStoreError(path, `process ${pid} is writing it; ${advice}`);
      }
      this.remove(holder, own);
    }
    throw new FileStoreError(path, `other processes are taking ${this.path}`);
  }

  /** Removes the lock of a process that has ended, but not one that another process has taken since. */
  remove(holder, own) {
    const aside = `${own}.old`;
    try {
      renameSync(this.path, aside);
    } catch (error) {
      if (error.code === 'ENOENT') return;
      throw error;
    }
    if (read(aside) !== holder) link(aside, this.path);
    rmSync(aside, { force: true });
  }

  release() {
    held.delete(this.path);
    if (read(this.path) === this.text) rmSync(this.path, { force: true });
  }
}

/** What the lock of a thread of this process says. */
function textOf(thread) {
  return `${process.pid} ${startOf(process.pid)} ${thread}\n`;
}

/** Creates `path` with the content of `from`; false when it exists. */
function link(from, path) {
  try {
    linkSync(from, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(holder) {
  const [pid, start] = holder.trim().split(' ');
  // This class did not write it, so nothing is known of its holder.
  if (!/^[1-9]\d*$/.test(pid)) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return error.code !== 'ESRCH';
  }
  const found = startOf(pid);
  return !start || !found || found === start;
}

/** The boot and the time at which a process started; '' where the system does not have them. */
function startOf(pid) {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold spaces; the start is the 22nd field, the 20th behind it.
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return '';
  }
}
