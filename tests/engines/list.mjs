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

import { NotHere, attempt, folderOf, fromDebian, fromLock, fromNpm, inPath } from './install.mjs';
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
      return { version: `${version}, V8 ${v8}`, ...both(program, 'run', '--quiet', '--allow-read', js('node.mjs')) };
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
  chromium: browser('chromium', 'Chromium', (agent) => /Chrome\/(\S+)/.exec(agent)[1]),
  firefox: browser('firefox', 'Firefox', (agent) => /Firefox\/(\S+)/.exec(agent)[1]),
  webkit: browser('webkit', 'WebKitGTK', () => debianVersion('libwebkit2gtk-4.1-0')),
  jsc: shell('jsc', "JavaScriptCore's shell", ['libjavascriptcoregtk-4.0-bin'], () => debianVersion('libjavascriptcoregtk-4.0-bin')),
  gjs: shell('gjs', 'gjs (SpiderMonkey)', ['gjs'], async (program) => (await textOf([program, '--version'])).replace(/^gjs /, '')),
  wasmtime: rust('wasmtime', 'Wasmtime'),
  wasmi: rust('wasmi', 'wasmi'),
};
