/**
 * Gets engines with the clients of their packages, in the versions that this repository pins.
 *
 * Invariant: each is got by itself, so that one that cannot be had leaves the others alone; it is then a `NotHere` with the reason.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ROOT, linesOf } from './process.mjs';

/** Why an engine is not in the table. */
export class NotHere extends Error {}

const FOLDER = `${ROOT}target/engines/`;
const PLATFORM = `${process.platform}-${process.arch}`;
/** Where the versions of runtimes from npm stand, and where they may be installed already. */
const PACKAGES = ['tests/bench/', 'tests/package/'].map((path) => `${ROOT}${path}`);

/** A folder of one's own below target/. */
export function folderOf(name) {
  const path = join(FOLDER, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Lines of an error that are told as the reason. */
const REASON_LINES = 2;

/** Does what an engine needs; that it fails is a reason not to have it. */
export async function attempt(what, action) {
  try {
    return await action();
  } catch (cause) {
    throw new NotHere(`${what}: ${cause.message.trim().split('\n').slice(0, REASON_LINES).join(' ')}`, { cause });
  }
}

/** The path of a program in a package of npm. */
export async function fromNpm(name, program) {
  const alias = `${name}-${PLATFORM}`;
  const specs = PACKAGES.map((folder) => [folder, JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).optionalDependencies[alias]]);
  const [, spec] = specs.find(([, found]) => found !== undefined) ?? [];
  if (spec === undefined) throw new NotHere(`no package of npm has it for ${PLATFORM}`);
  const own = folderOf(alias);
  const path = [...PACKAGES, own].map((folder) => join(folder, 'node_modules', alias, program)).find(existsSync);
  if (path !== undefined) return path;
  writeFileSync(join(own, 'package.json'), '{ "private": true }\n');
  await attempt(`npm install ${spec}`, () => linesOf(['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error', `${alias}@${spec}`], { folder: own }));
  return join(own, 'node_modules', alias, program);
}

/** The path of a program of a package of Debian. */
export async function fromDebian(program, ...packages) {
  const path = inPath(program);
  if (path !== undefined) return path;
  if (inPath('apt-get') === undefined) throw new NotHere(`there is no ${program} and no apt-get`);
  const root = process.getuid() === 0 ? [] : ['sudo', '-n'];
  await attempt(`apt-get install ${packages.join(' ')}`, () => linesOf([...root, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages]));
  const found = inPath(program);
  if (found === undefined) throw new NotHere(`${packages.join(' ')} has no ${program}`);
  return found;
}

export const inPath = (program) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)).find(existsSync);

/** A version out of Cargo.lock. */
export function fromLock(name, file = 'Cargo.lock') {
  return new RegExp(`name = "${name}"\nversion = "(.*)"`).exec(readFileSync(`${ROOT}${file}`, 'utf8'))[1];
}
