/**
 * Resident memory of processes, on Linux. Of memory that several processes share each has its part, so that the processes of a browser
 * can be added.
 */

import { readFileSync, readdirSync } from 'node:fs';

const NUMBER = /^\d+$/;

/** Bytes of this process; undefined where the system does not say. */
export function resident() {
  try {
    return proportional('self');
  } catch (error) {
    return undefined;
  }
}

/** Bytes of a process and of all that it started. */
export function residentOfTree(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((each) => NUMBER.test(each))) {
    try {
      // The name of a program stands in parentheses, and may have some.
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').pop().split(' ');
      parents.set(Number(name), Number(parent));
    } catch (error) {
      // It has ended.
    }
  }
  const isBelow = (id) => id === pid || (parents.has(id) && isBelow(parents.get(id)));
  return [...parents.keys()].filter(isBelow).reduce((sum, id) => sum + proportional(id), 0);
}

function proportional(id) {
  const [, kilobytes] = /^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'));
  return Number(kilobytes) * 1024;
}
