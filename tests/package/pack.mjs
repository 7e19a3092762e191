// The package as a user gets it: packed, and installed into an empty folder.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where the packages of the matrix are. */
export const TOOLS = `${ROOT}tests/package/node_modules/`;

/** Node 20 can hang at its exit when a background compilation waits for a collection. */
export const NODE = ['--no-concurrent-recompilation'];

/** A program that needs every part that is the same everywhere, and logs what `SAYS` has. */
export const PROGRAM = `
import { Cu, LuaError } from 'cu';
import * as full from 'cu/full';
import lua, { CuWASM } from 'cu/cuwasm';
import { Data } from 'cu/data';
import { MemoryStore } from 'cu/store/memory';
import { wasmModule } from 'cu/wasm';

export async function main(options) {
  const cu = await Cu.create({ store: new MemoryStore(), ...options });
  cu.compute('_home.users = { { name = "Ada" } }');
  const all = await full.Cu.create({ ...options, store: cu.store });
  const names = new Data(all).query('_home.users', {}).rows.map(({ name }) => name);
  let problem = '';
  try {
    cu.compute('error("no")');
  } catch (error) {
    if (error instanceof LuaError && error instanceof full.CuError) problem = error.name;
  }
  const old = await CuWASM.init(options);
  const five = typeof lua.compute === 'function' ? await old.compute('return 5') : 0;
  const module = options && options.module ? options.module : await wasmModule();
  return JSON.stringify([cu.compute('return 6 * 7').value, five, names, problem, all.readHome(), module instanceof WebAssembly.Module]);
}
`;

export const SAYS = '[42,5,["Ada"],"LuaError",{"users":[{"name":"Ada"}]},true]';

/** Makes a folder that is removed at the end of the process. */
export function emptyFolder() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cu-package-')));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command and returns what it prints; what it complains of is part of the error. */
export function run(command, words, folder, environment = {}) {
  return execFileSync(command, words, {
    cwd: folder, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment },
  });
}

let packed;

/** Packs a copy of host-js once, as several tests may do at a time: the file, the names in it, and the folder afterwards. */
export function pack() {
  if (packed === undefined) {
    const root = emptyFolder();
    const folder = join(root, 'host-js');
    cpSync(`${ROOT}host-js`, folder, { recursive: true, verbatimSymlinks: true });
    symlinkSync(`${ROOT}scripts`, join(root, 'scripts'));
    const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', root], folder));
    packed = { file: join(root, filename), names: files.map(({ path }) => path), folder };
  }
  return packed;
}

/** A folder with the package installed, and the program in it as program.mjs. */
export function install() {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  run('npm', ['install', '--silent', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', pack().file], folder);
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  writeFileSync(join(folder, 'main.mjs'), "import { main } from './program.mjs';\nconsole.log(await main());\n");
  return folder;
}

/** Copies the module to where a bundle looks for it, which is beside itself. */
export function placeModule(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(`${ROOT}dist/cu.wasm`, join(folder, 'cu.wasm'));
}
