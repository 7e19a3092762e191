// A browser as a process of a test, which can be killed as if the machine lost its power.
//
// Invariant: what was started is gone after `kill`, and when this process ends in any other way than SIGKILL, with all of its processes:
// they are one group.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 30_000;
const END_MS = 5000;

const running = new Set();

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

process.on('exit', () => { for (const pid of running) endGroup(pid); });
// Without a listener these end the process at once, without `exit`.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** The folder of a profile, removed by the function that comes with it. */
export async function newProfile() {
  const path = await mkdtemp(join(tmpdir(), 'cu-browser-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/**
 * The first of the paths that is there.
 * @param {string} name what is sought, for the error
 * @param {(string | undefined)[]} paths
 * @param {string} remedy what to do where there is none
 */
export function findProgram(name, paths, remedy) {
  const path = paths.find((each) => each && existsSync(each));
  if (path === undefined) throw new Error(`no ${name} is here, neither of ${paths.filter(Boolean).join(' ')}: ${remedy}`);
  return path;
}

/**
 * Starts a program, and waits until it can be talked to.
 * @param {string} path
 * @param {string[]} words
 * @param {{ name: string, ready: (child: import('node:child_process').ChildProcess) => Promise<unknown>, environment?: object }} options
 *   ready: how that is known; what it resolves with is in the answer
 */
export async function start(path, words, { name, ready, environment = {} }) {
  const child = spawn(path, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  const said = [];
  for (const output of [child.stdout, child.stderr]) output.on('data', (bytes) => { said.push(bytes); });
  const gone = new Promise((resolve) => { child.on('exit', resolve); });
  if (child.pid !== undefined) running.add(child.pid);
  const kill = async () => {
    endGroup(child.pid);
    await gone;
    running.delete(child.pid);
  };
  let timer;
  const failures = [
    new Promise((_, reject) => { child.on('error', reject); }),
    gone.then((code) => { throw new Error(`it ended with ${code}`); }),
    new Promise((_, reject) => { timer = setTimeout(reject, START_MS, new Error(`nothing in ${START_MS} ms`)); }),
  ];
  try {
    const answer = await Promise.race([ready(child), ...failures]);
    // What it prints later would fill the pipes.
    for (const output of [child.stdout, child.stderr]) output.removeAllListeners('data').resume();
    return { answer, kill, ended: () => endOf(gone, kill) };
  } catch (cause) {
    if (child.pid !== undefined) await kill();
    throw new Error(`${name} did not start: ${cause.message}; it printed: ${Buffer.concat(said)}`, { cause });
  } finally {
    clearTimeout(timer);
    for (const failure of failures) failure.catch(() => {});
  }
}

/** Waits for an end that someone asked for, and brings it about if it does not come. */
async function endOf(gone, kill) {
  let timer;
  await Promise.race([gone, new Promise((resolve) => { timer = setTimeout(resolve, END_MS); })]);
  clearTimeout(timer);
  await kill();
}

/** The first group of a pattern, once the program has printed what fits. */
export const prints = (pattern) => (child) => new Promise((resolve) => {
  let text = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (bytes) => {
      text += bytes;
      const found = pattern.exec(text);
      if (found !== null) resolve(found[1]);
    });
  }
});
