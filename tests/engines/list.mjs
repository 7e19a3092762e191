/**
 * The engines of the matrix. To add one: an entry with
 *
 *   title      as people call it
 *   host       whose host it runs (hosts.mjs)
 *   get()      installs or builds what is missing, and gives `{ version, kit, bench }`, commands as lists of words; a command may be
 *              `{ words, environment, folder }`. It throws `NotHere` with the reason where it cannot be had
 *
 * The command `kit` prints the report of the conformance kit, `bench` lines `name value unit`; paths of programs are put behind it.
 */

import { existsSync } from 'node:fs';

import { readFileSync } from 'node:fs';

import { attempt, folderOf, fromDebian, fromLock, fromNpm } from './install.mjs';
import { ROOT, linesOf, textOf } from './process.mjs';

const js = (file) => `${ROOT}tests/engines/js/${file}`;
/** One command for the kit and for the bench. */
const both = (...words) => ({ kit: [...words, 'kit'], bench: [...words, 'bench'] });

const SETUP_BROWSERS = ['scripts/setup.sh', '--browsers'];
const debianVersion = async (name) => textOf(['dpkg-query', '-W', '-f', '${source:Upstream-Version}', name]);

const node = (major) => ({
  title: `Node ${major}`,
  host: 'host-js',
  async get() {
    const program = await fromNpm(`node${major}`, 'bin/node');
    const version = await textOf([program, '-p', '`${process.versions.node}, V8 ${process.versions.v8}`']);
    // Node 20 can hang at its end when a compilation in the background waits for a collection.
    return { version, ...both(program, ...(major === 20 ? ['--no-concurrent-recompilation'] : []), js('node.mjs')) };
  },
});

const browser = (name, title, versionOf) => ({
  title,
  host: 'host-js',
  async get() {
    const start = () => textOf([process.execPath, js('browser.mjs'), name, 'version']);
    const agent = await start().catch(async () => {
      await attempt(SETUP_BROWSERS.join(' '), () => linesOf(SETUP_BROWSERS));
      return attempt('its start', start);
    });
    return { version: await versionOf(agent), ...both(process.execPath, js('browser.mjs'), name) };
  },
});

const shell = (name, title, packages, version) => ({
  title,
  host: 'host-js',
  async get() {
    const program = await fromDebian(name, ...packages);
    return { version: await version(program), ...both(process.execPath, js('in_shell.mjs'), name, program) };
  },
});

const rust = (name, title) => ({
  title,
  host: 'host-rust',
  async get() {
    const words = ['--release', '--package', 'cu-tests'];
    await attempt('cargo build', () => linesOf(['cargo', 'build', '--quiet', ...words, '--example', 'engines']));
    await attempt('cargo test', () => linesOf(['cargo', 'test', '--quiet', ...words, '--test', 'conformance', '--no-run']));
    return {
      version: fromLock(name),
      kit: ['cargo', 'test', '--quiet', ...words, '--test', 'conformance', '--', '--exact', '--nocapture', `${name}_meets_every_clause`],
      bench: [`${ROOT}target/release/examples/engines`, name],
    };
  },
});

const C = `${ROOT}target/host-c/`;
/** The host in C over an engine; `library` has the functions of wasm.h in the place of those with which it is linked. */
const c = (engine, title, version, library = async () => ({})) => ({
  title,
  host: 'host-c',
  async get() {
    const programs = ['conformance', 'bench'].map((name) => `../target/host-c/${name}_${engine}`);
    await attempt('scripts/setup.sh --host-c', () => linesOf(['scripts/setup.sh', '--host-c']));
    await attempt('make -C host-c', () => linesOf(['make', '--silent', '-C', 'host-c', ...programs]));
    const environment = await library();
    return {
      version: await version(),
      kit: { words: [`${C}conformance_${engine}`, 'tests/conformance'], environment },
      bench: { words: [`${C}bench_${engine}`], environment },
    };
  },
});

/** The version that host-c/engines/fetch.sh pins. */
const pinned = (name) => async () => new RegExp(`^${name}=(\\S+)`, 'm').exec(readFileSync(`${ROOT}host-c/engines/fetch.sh`, 'utf8'))[1];

/** Of the sources that a crate brings along. */
async function wamrVersion() {
  const text = readFileSync(`${C}wamr/source/core/version.h`, 'utf8');
  return ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`WAMR_VERSION_${part} (\\d+)`).exec(text)[1]).join('.');
}

const WASMER = 'tests/engines/wasmer';
async function wasmer() {
  // The crate's build script wants this name.
  const target = `${folderOf('wasmer')}/target`;
  await attempt('cargo build', () => linesOf(['cargo', 'build', '--quiet', '--release', '--locked', '--manifest-path', `${WASMER}/Cargo.toml`, '--target-dir', target]));
  // Found first, its functions are taken, and those of Wasmtime are not.
  return { LD_PRELOAD: `${target}/release/libcu_wasmer.so` };
}

const go = (title, ...words) => ({
  title,
  host: 'host-go',
  async get() {
    const folder = `${ROOT}host-go`;
    const program = `${folderOf('go')}/cu-conformance`;
    const environment = { GOMODCACHE: `${ROOT}target/go-mod`, GOFLAGS: '-modcacherw' };
    await attempt('go build', () => linesOf(['go', 'build', '-o', program, './cmd/cu-conformance'], { folder, environment }));
    const version = /wazero v(\S+)/.exec(readFileSync(`${folder}/go.mod`, 'utf8'))[1];
    const options = [...words, '-module', `${ROOT}dist/cu.wasm`];
    return { version, kit: [program, ...options, 'tests/conformance'], bench: [program, ...options, '-bench'] };
  },
});

export const ENGINES = {
  node20: node(20),
  node22: node(22),
  node24: node(24),
  node26: node(26),
  deno: {
    title: 'Deno',
    host: 'host-js',
    async get() {
      const program = await fromNpm('deno', 'deno');
      const [, version, v8] = /^deno (\S+)[^]*\nv8 (\S+)/.exec(await textOf([program, '--version']));
      return { version: `${version}, V8 ${v8}`, ...both(program, 'run', '--quiet', '--allow-all', js('node.mjs')) };
    },
  },
  bun: {
    title: 'Bun',
    host: 'host-js',
    async get() {
      const program = await fromNpm('bun', 'bin/bun');
      return { version: await textOf([program, '--version']), ...both(program, js('node.mjs')) };
    },
  },
  workerd: {
    title: 'workerd',
    host: 'host-js',
    async get() {
      const program = await fromNpm('workerd', 'bin/workerd');
      return { version: (await textOf([program, '--version'])).replace(/^workerd /, ''), ...both(process.execPath, js('in_workerd.mjs'), program) };
    },
  },
  chromium: browser('chromium', 'Chromium', (version) => version),
  firefox: browser('firefox', 'Firefox', (agent) => /Firefox\/(\S+)/.exec(agent)[1]),
  webkit: browser('webkit', 'WebKitGTK', () => debianVersion('libwebkit2gtk-4.1-0')),
  jsc: shell('jsc', "JavaScriptCore's shell", ['libjavascriptcoregtk-4.0-bin'], () => debianVersion('libjavascriptcoregtk-4.0-bin')),
  gjs: shell('gjs', 'gjs (SpiderMonkey)', ['gjs'], async (program) => (await textOf([program, '--version'])).replace(/^gjs /, '')),
  wasmtime: rust('wasmtime', 'Wasmtime'),
  wasmi: rust('wasmi', 'wasmi'),
  wasmer: c('wasm_h', 'wasmer (Cranelift, wasm.h)', async () => fromLock('wasmer', `${WASMER}/Cargo.lock`), wasmer),
  wasmtime_c: c('wasm_h', 'Wasmtime (wasm.h)', pinned('WASMTIME')),
  wasm2c: c('wasm2c', 'wasm2c', async () => textOf(['wasm2c', '--version'])),
  wasm3: c('wasm3', 'wasm3', pinned('WASM3')),
  wamr: c('wamr', 'WAMR', wamrVersion),
  wazero: go('wazero'),
  wazero_interpreter: go('wazero, interpreter', '-interpreter'),
  python: {
    title: 'Wasmtime (Python)',
    host: 'host-python',
    async get() {
      await attempt('scripts/setup.sh --python', () => linesOf(['scripts/setup.sh', '--python']));
      const program = `${ROOT}target/python/bin/python`;
      const version = await textOf([program, '-c', "import importlib.metadata, platform; print(importlib.metadata.version('wasmtime') + ', Python ' + platform.python_version())"]);
      const environment = { PYTHONPATH: `${ROOT}host-python`, PYTHONDONTWRITEBYTECODE: '1' };
      return {
        version,
        kit: { words: [program, 'host-python/tests/conformance.py', 'tests/conformance'], environment },
        bench: { words: [program, '-m', 'cu.bench', `${ROOT}dist/cu.wasm`], environment },
      };
    },
  },
};
