// The owner of a function or a piece of data: a file of Lua, a folder of src/ or a package.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = new URL('../../', import.meta.url).pathname;
const LINE = /^ *(?:[0-9a-f]+|-) +[0-9a-f]+ +[0-9a-f]+ /;
const UNIT = /-unit\.o$/;

/** The linker's map: the object file of each function, and the address of each piece of data. */
export function readMap(path) {
  const objectOf = new Map();
  const data = [];
  let object = '';
  let section = '';
  let unit;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const head = LINE.exec(line);
    if (!head) continue;
    const [address, , size] = head[0].trim().split(/ +/).map((word) => parseInt(word, 16));
    const what = line.slice(head[0].length);
    const depth = /^ */.exec(what)[0].length;
    if (depth === 0) {
      section = what;
    } else if (depth === 8) {
      object = what.slice(8, what.lastIndexOf(':('));
      if (UNIT.test(object)) unit = object;
      if (section !== 'CODE') data.push({ address, size, object, name: undefined });
    } else if (section === 'CODE') {
      objectOf.set(what.trim(), object);
    } else {
      const piece = data.at(-1);
      if (piece.address === address) piece.name ??= what.trim();
    }
  }
  if (!unit) throw new Error(`size: ${path} names no object of Lua's C`);
  return { objectOf, data, unit };
}

/** The path of a Rust name, as a list of its crate and modules. For `<T as Trait>::f` it is the path of T. */
function path(name) {
  return /[\w:]*\w/.exec(name.replace(/^[<&*([]*(?:mut |dyn )?/, ''))?.[0].split('::') ?? [];
}

function filesUnder(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

/** Where each function of C is defined. They are all in one unit, so no two have one name. */
export function functionsOfC(unit) {
  const fileOf = new Map();
  const folders = [join(dirname(unit), 'lua'), join(ROOT, 'lua')];
  for (const file of folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))) {
    if (!/\.[ch]$/.test(file) || file.endsWith('unit.c')) continue;
    const text = readFileSync(file, 'utf8');
    // Lua begins a definition at the left edge, with the name before the parenthesis.
    for (const { 1: name, index } of text.matchAll(/^[A-Za-z_][\w \t*]*?\b(\w+) ?\(/gm)) {
      if (/^[^;{]*\{/.test(text.slice(index))) fileOf.set(name, file.slice(dirname(file).length + 1));
    }
  }
  return fileOf;
}

/** The files of the Rust functions that C calls by name. Functions of one line are in a list (libc/symbols.rs). */
function functionsForC() {
  const folderOf = new Map();
  for (const file of filesUnder(join(ROOT, 'src')).filter((name) => name.endsWith('.rs'))) {
    const within = file.slice(join(ROOT, 'src/').length);
    const defined = /extern "C" fn (\w+)|export_name = "(\w+)"|^ {4}(\w+)\(.*\) -> \w+ = /gm;
    for (const [, ...names] of readFileSync(file, 'utf8').matchAll(defined)) folderOf.set(names.find(Boolean), folder(within));
  }
  return folderOf;
}

const folder = (within) => (within.includes('/') ? within.slice(0, within.indexOf('/') + 1) : within);

/** A part of the module: `group` is one of GROUPS, `name` the file, folder or package. */
const part = (group, name) => ({ group, name });
export const GROUPS = { c: "Lua's C", rust: 'Rust of src/', packages: 'packages of Rust', data: 'data', rest: 'rest' };
export const UNKNOWN = '(unknown)';

export class Owners {
  constructor(map) {
    this.map = map;
    this.ofC = functionsOfC(map.unit);
    this.forC = functionsForC();
  }

  ofFunction(name) {
    const object = this.map.objectOf.get(name) ?? '';
    if (UNIT.test(object)) return part('c', this.ofC.get(name) ?? UNKNOWN);
    if (object.includes('libcompiler_builtins')) return part('packages', 'compiler_builtins');
    // The optimiser gives no name to what it makes of several functions (scripts/optimize.mjs).
    if (name === '') return part('rest', 'merged from several functions');
    if (name === 'unwind_try') return part('rest', 'added by unwind');
    return this.ofRust(name);
  }

  ofRust(name) {
    const [first, second] = path(name);
    if (this.forC.has(name)) return part('rust', this.forC.get(name));
    if (name.startsWith('__rustc')) return part('rust', 'runtime.rs');
    if (first === 'cu') return part('rust', existsSync(join(ROOT, 'src', second)) ? `${second}/` : `${second}.rs`);
    // A type without a crate, such as u32 or a slice, has its methods in core.
    if (/[<:]/.test(name)) return part('packages', second ? first : 'core');
    return part('rust', UNKNOWN);
  }

  /** No two pieces of data share a byte. */
  ofData({ object, name, content }) {
    if (UNIT.test(object)) return part('data', "tables of Lua's C");
    if (object === '<internal>') return part('data', 'texts that the linker merged');
    if (name?.includes('::')) return part('data', `tables of ${this.ofRust(name).name}`);
    return part('data', isText(content) ? 'texts of Rust' : 'constants of Rust without a name');
  }
}

const isText = (content) => content.every((byte) => byte >= 0x20 && byte !== 0x7f || byte === 0x0a || byte === 0x09);
