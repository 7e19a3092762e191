// The engines compared: each is a worker process that is told a path and answers with one line.
//
//   runner:  PATH\n
//   worker:  OK MICROSECONDS CHECKSUM\n   or   ERR MESSAGE\n
//
// A worker loads the file into a new Lua state and times only the run. One that dies or says nothing costs its
// program, not the benchmark: the next program gets a new process.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Far above any program's time on any engine, so only a hung worker reaches it. */
const ANSWER_LIMIT_MS = 120_000;

/** `needs` says which files must exist and which command, run in the repository's root, makes each. */
export const ENGINES = {
  native: {
    title: 'native',
    command: [inRoot('target/release/native-lua'), '--bench'],
    needs: [{ file: inRoot('target/release/native-lua'), build: 'make native' }],
  },
  node: {
    title: 'cu node',
    command: [process.execPath, beside('worker-node.mjs')],
    needs: [{ file: inRoot('dist/cu.wasm'), build: 'make wasm' }],
  },
  unlimited: {
    title: 'no budget',
    command: [process.execPath, beside('worker-node.mjs'), 'target/cu-unlimited.wasm'],
    needs: [{ file: inRoot('target/cu-unlimited.wasm'), build: 'make target/cu-unlimited.wasm' }],
  },
  wasmtime: {
    title: 'cu wasmtime',
    command: [inRoot('target/release/cu'), 'bench-worker'],
    needs: [
      { file: inRoot('dist/cu.wasm'), build: 'make wasm' },
      { file: inRoot('target/release/cu'), build: 'make hosts' },
    ],
  },
  wasmoon: {
    title: 'wasmoon',
    command: [process.execPath, beside('worker-wasmoon.mjs')],
    needs: [{ file: beside('node_modules/wasmoon/package.json'), build: 'npm ci --prefix tests/bench' }],
  },
};

/** The files an engine needs that are not there, with the command that makes each. */
export function missing(engine) {
  return ENGINES[engine].needs
    .filter(({ file }) => !existsSync(file))
    .map(({ file, build }) => ({ file: relative(ROOT, file), build }));
}

export class Worker {
  #process;
  #answer;

  constructor(engine) {
    this.engine = engine;
  }

  /** Resolves to `{ microseconds, checksum }` or `{ error }`; never rejects. */
  run(path) {
    return new Promise((resolve) => {
      const child = this.#process ??= this.#start();
      const tooLate = () => this.#fail(child, `no answer within ${ANSWER_LIMIT_MS / 1000} s`);
      const limit = setTimeout(tooLate, ANSWER_LIMIT_MS);
      this.#answer = (answer) => {
        clearTimeout(limit);
        this.#answer = undefined;
        resolve(answer);
      };
      child.stdin.write(`${path}\n`);
    });
  }

  close() {
    this.#process?.stdin.end();
    this.#process = undefined;
  }

  #start() {
    const [file, ...options] = ENGINES[this.engine].command;
    const child = spawn(file, options, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => this.#answer?.(parseAnswer(line)));
    child.stdin.on('error', () => {}); // a dead worker is reported by its exit
    child.on('error', (error) => this.#fail(child, error.message));
    child.on('exit', (code, signal) => this.#fail(child, `the worker ended (${signal ?? `exit code ${code}`})`));
    return child;
  }

  #fail(child, error) {
    if (this.#process !== child) return;
    this.#process = undefined;
    child.kill();
    this.#answer?.({ error });
  }
}

function parseAnswer(line) {
  const [, microseconds, checksum] = /^OK (\d+) (.*)$/.exec(line) ?? [];
  if (microseconds !== undefined) return { microseconds: Number(microseconds), checksum };
  return { error: line.startsWith('ERR ') ? line.slice(4) : `not an answer: ${line}` };
}
