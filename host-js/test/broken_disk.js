/**
 * A file system that fails: at a call that a test chooses, or for want of room.
 *
 * Invariant: `whole` gives back the one of the system.
 */

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';

import { inFolder } from './folder.js';

const CALLS = [
  'openSync', 'closeSync', 'readSync', 'writeSync', 'fsyncSync', 'fstatSync', 'ftruncateSync', 'renameSync', 'rmSync', 'linkSync',
  'writeFileSync', 'readFileSync', 'statSync',
];
const system = Object.fromEntries(CALLS.map((name) => [name, fs[name]]));

const failure = (code, name) => Object.assign(new Error(`${code}: ${name} failed`), { code, syscall: name });

function replace(name, method) {
  fs[name] = method;
}

/** Ends every failure. */
export function whole() {
  Object.assign(fs, system);
  syncBuiltinESMExports();
}

/** Runs `check(path)` as `inFolder` does, and ends every failure. */
export const onBrokenDisk = (check) => inFolder(async (path) => {
  try {
    await check(path);
  } finally {
    whole();
  }
});

/**
 * Makes calls fail by a plan.
 * @param {(number: number, name: string) => string | undefined} plan the code with which call `number` fails, from 1 on
 * @param {string[]} names of the calls that count
 * @param {{ calls: number }} count of the calls so far, which goes on
 */
export function failing(plan, names = CALLS, count = { calls: 0 }) {
  for (const name of names) {
    replace(name, (...words) => {
      count.calls++;
      const code = plan(count.calls, name);
      if (code !== undefined) throw failure(code, name);
      return system[name](...words);
    });
  }
  syncBuiltinESMExports();
}

/**
 * A disk with so much room for the files of a folder, in blocks as file systems have them. A write that does not fit writes what
 * does, and the next one fails.
 * @returns {{ capacity: number, fill: () => void }} the capacity may be changed; `fill` leaves no room
 */
export function limited(folder, capacity, code = 'ENOSPC') {
  const disk = { capacity, fill: () => { disk.capacity = used(); } };
  const blocks = (bytes) => Math.ceil(bytes / 4096) * 4096;
  const paths = new Map();
  const used = () => fs.readdirSync(folder).reduce((sum, name) => sum + blocks(fs.statSync(join(folder, name)).size), 0);
  replace('openSync', (path, ...words) => {
    const file = system.openSync(path, ...words);
    if (dirname(path) === folder) paths.set(file, path);
    return file;
  });
  replace('closeSync', (file) => {
    paths.delete(file);
    system.closeSync(file);
  });
  replace('writeSync', (file, bytes, offset, length, position) => {
    if (!paths.has(file)) return system.writeSync(file, bytes, offset, length, position);
    const { size } = system.fstatSync(file);
    const room = blocks(size) + Math.max(0, Math.floor((disk.capacity - used()) / 4096)) * 4096;
    const fitting = Math.min(length, room - position);
    if (fitting <= 0) throw failure(code, 'write');
    return system.writeSync(file, bytes, offset, fitting, position);
  });
  syncBuiltinESMExports();
  return disk;
}
