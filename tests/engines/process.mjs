/**
 * Runs the program of an engine, and returns what it printed.
 *
 * A line `resident N` says that the program has N instances and waits half a second, so that its memory can be measured from here: two of
 * them are a figure `memory`.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { residentOfTree } from './resident.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Far above what any engine needs, so only one that hangs reaches it. */
const LIMIT_MS = 600_000;
/** How long what it started, a browser for example, may take to end. */
const END_MS = 15_000;
/** Of what an error says, from its begin, for a person; where nothing stands there, the last lines of the output. */
const SHOWN = 600;
const LAST_LINES = 5;

const running = new Set();

function end(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It has ended.
  }
}

process.on('exit', () => { for (const pid of running) end(pid, 'SIGTERM'); });
// Without a listener these end the process at once, without `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/**
 * @param {string[]} command the program and its words
 * @param {{ environment?: object, folder?: string, isChecked?: boolean }} [options] isChecked: whether an exit code other than 0 is an error
 * @returns {Promise<string[]>} the lines
 */
export function linesOf([file, ...words], { environment = {}, folder = ROOT, isChecked = true } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, words, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    if (child.pid !== undefined) running.add(child.pid);
    const lines = [];
    const resident = [];
    let errors = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, instances] = /^resident (\d+)$/.exec(line) ?? [];
      if (instances === undefined) lines.push(line);
      else resident.push([Number(instances), residentOfTree(child.pid)]);
    });
    child.stderr.on('data', (bytes) => { errors += bytes; });
    const limits = [['SIGTERM', LIMIT_MS], ['SIGKILL', LIMIT_MS + END_MS]].map(([signal, limit]) => setTimeout(end, limit, child.pid, signal));
    child.on('error', (error) => {
      limits.forEach(clearTimeout);
      reject(error);
    });
    child.on('close', (code, signal) => {
      limits.forEach(clearTimeout);
      running.delete(child.pid);
      if (resident.length === 2) {
        const [[few, before], [many, after]] = resident;
        lines.push(`memory ${Math.round((after - before) / (many - few))} bytes`);
      }
      if (code === 0 || (!isChecked && signal === null)) resolve(lines);
      else reject(new Error(`${file} ended with ${signal ?? `exit code ${code}`}: ${(errors.trim() || lines.slice(-LAST_LINES).join('\n')).slice(0, SHOWN)}`));
    });
  });
}

export const textOf = async (command, options) => (await linesOf(command, options)).join('\n').trim();
