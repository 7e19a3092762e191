// The engines to compare: each is a worker process that reads a path and answers with one line.
//
//   runner:  PATH\n
//   worker:  OK MICROSECONDS CHECKSUM\n   or   ERR MESSAGE\n
//
// A worker loads the file into a new Lua state and times only the run. If a worker dies or does not answer, only its
// program fails: the next program gets a new process.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Far above any program's time on any engine, so only a hung worker reaches it. */
const ANSWER_LIMIT_MS = 120_000;
/** How long a worker may take to exit: Node 20 can hang, and a browser is slow. */
const END_LIMIT_MS = 15_000;

const NPM_CI = 'npm ci --prefix tests/bench';
const PLATFORM = `${process.platform}-${process.arch}`;
const CU = { file: inRoot('dist/cu.wasm'), build: 'make wasm' };
const WASMOON = { file: beside('node_modules/wasmoon/package.json'), build: NPM_CI };

/** A program that npm installs under a different name on each platform. */
const installed = (name, program) => ({
  file: beside(`node_modules/${name}-${PLATFORM}/bin/${program}`),
  build: NPM_CI,
});
const NODE_24 = installed('node24', 'node');
const NODE_26 = installed('node26', 'node');
const BUN = installed('bun', 'bun');
const FIREFOX = {
  file: firstFile([process.env.CU_FIREFOX, ...inPath('firefox-esr'), ...inPath('firefox')])
    ?? '/Applications/Firefox.app/Contents/MacOS/firefox',
  build: 'apt-get install firefox-esr',
};

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
}

function firstFile(files) {
  return files.find((file) => file !== undefined && existsSync(file));
}

const output = (file, ...options) => execFileSync(file, options, { cwd: ROOT, encoding: 'utf8' }).trim();
const words = (word) => (word === undefined ? [] : [word]);
const nodeVersion = (node) => output(node, '-p', '`${process.versions.node}, V8 ${process.versions.v8}`');

/** cu in Node, or in another program that runs the same worker. */
const cuIn = (title, runtime, version) => ({
  title,
  runtime: runtime.file,
  command: (module) => [runtime.file, beside('worker-node.mjs'), ...words(module)],
  takesModule: true,
  needs: [runtime, CU],
  version,
});

const wasmoonIn = (title, runtime) => ({
  title,
  runtime: runtime.file,
  command: () => [runtime.file, beside('worker-wasmoon.mjs')],
  needs: [runtime, WASMOON],
  version: () => JSON.parse(readFileSync(WASMOON.file, 'utf8')).version,
});

/** The Node that runs this. */
const HERE = { file: process.execPath };
const MAJOR = process.versions.node.split('.')[0];

/**
 * `needs`: the files that must exist, each with the command that makes it in the repository's root. `command`: the
 * worker. `takesModule`: the worker can run another module than the shipped one. `runtime`: runs other scripts of
 * tests/bench.
 */
export const ENGINES = {
  native: {
    title: 'native',
    command: () => [inRoot('target/release/native-lua'), '--bench'],
    needs: [{ file: inRoot('target/release/native-lua'), build: 'make native' }],
    version: () => `${luaVersion()}, ${compiler()} -O2`,
  },
  node: cuIn(`Node ${MAJOR}`, HERE, () => nodeVersion(HERE.file)),
  node24: cuIn('Node 24', NODE_24, () => nodeVersion(NODE_24.file)),
  node26: cuIn('Node 26', NODE_26, () => nodeVersion(NODE_26.file)),
  wasmtime: {
    title: 'Wasmtime',
    command: () => [inRoot('target/release/cu'), 'bench-worker', '--instructions', String(Number.MAX_SAFE_INTEGER)],
    needs: [
      CU,
      { file: inRoot('target/release/cu'), build: 'make hosts' },
      { file: inRoot('target/release/examples/startup'), build: 'make bench-engines' },
    ],
    version: () => /name = "wasmtime"\nversion = "(.*)"/.exec(readFileSync(inRoot('Cargo.lock'), 'utf8'))[1],
  },
  firefox: {
    title: 'Firefox',
    command: (module) => [HERE.file, beside('worker-browser.mjs'), FIREFOX.file, ...words(module)],
    takesModule: true,
    needs: [FIREFOX, CU],
    version: () => output(FIREFOX.file, '--version').replace(/^Mozilla Firefox /, ''),
  },
  jsc: cuIn('JavaScriptCore', BUN, () => `Bun ${output(BUN.file, '--version')}`),
  wasmoon: wasmoonIn(`wasmoon, Node ${MAJOR}`, HERE),
  wasmoon24: wasmoonIn('wasmoon, Node 24', NODE_24),
  wasmoon26: wasmoonIn('wasmoon, Node 26', NODE_26),
  unlimited: {
    title: 'no budget',
    command: () => [HERE.file, beside('worker-node.mjs'), inRoot('target/cu-unlimited.wasm')],
    needs: [{ file: inRoot('target/cu-unlimited.wasm'), build: 'make target/cu-unlimited.wasm' }],
    version: () => nodeVersion(HERE.file),
  },
};

/** The engines that are measured by default. */
export const DEFAULT_ENGINES = ['native', 'node', 'node24', 'node26', 'wasmtime', 'wasmoon'];

/** Optional engines: npm does not have them for every platform, or a person must install them. */
export const OPTIONAL_ENGINES = ['node24', 'node26', 'firefox', 'jsc', 'wasmoon24', 'wasmoon26'];

/** The engine that runs wasmoon in the same runtime in which this one runs cu. */
export const PEERS = { node: 'wasmoon', node24: 'wasmoon24', node26: 'wasmoon26' };

function compiler() {
  const [, clang] = /clang version (\S+)/.exec(output('cc', '--version')) ?? [];
  return clang === undefined ? `gcc ${output('cc', '-dumpfullversion')}` : `clang ${clang}`;
}

/** Lua's release, from the documentation: the binary does not contain it. */
function luaVersion() {
  return /Lua 5\.4\.\d+/.exec(readFileSync(inRoot('docs/lua.md'), 'utf8'))[0];
}

/** The missing files of an engine, with the command that makes each. */
export function missing(engine) {
  return ENGINES[engine].needs
    .filter(({ file }) => !existsSync(file))
    .map(({ file, build }) => ({ file: relative(ROOT, file), build }));
}

export class Worker {
  #process;
  #answer;

  /** `module` names another file than the shipped one, for engines with `takesModule`. */
  constructor(engine, module) {
    this.engine = engine;
    this.module = module;
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

  /** Resolves when the process has ended. */
  async close() {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const ended = new Promise((resolve) => { child.on('exit', resolve); });
    const patience = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
    child.stdin.end();
    await ended;
    clearTimeout(patience);
  }

  #start() {
    const [file, ...options] = ENGINES[this.engine].command(this.module);
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
