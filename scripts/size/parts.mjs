// The parts of a module, whose sizes add up to the file's.

import { readFileSync } from 'node:fs';
import { SECTION } from '../../host-js/abi.js';
import { Owners, readMap } from './owners.mjs';
import { functionNames, functionSizes, importedFunctions, sections, segments, withoutNames } from './wasm.mjs';

/** The files that the build writes next to a module: a copy with names, and the linker's map. */
export const kept = (module) => {
  const name = module.replace(/^.*\//, '').replace(/\.wasm$/, '');
  return { named: `target/link/${name}.names.wasm`, map: `target/link/${name}.map` };
};

/** The name of the part for the remaining bytes of a section whose content has parts of its own. */
const HEADS = { code: 'head of the code', data: 'heads of the data', functions: 'types of the functions' };

/**
 * Splits the file into its parts. Returns `parts`, an unordered list of `{ group, name, bytes }`, and `functions`, a
 * list of `{ group, name, function, bytes }`.
 */
export function takeApart(module) {
  const bytes = readFileSync(module);
  const named = readFileSync(kept(module).named);
  if (!withoutNames(named).equals(bytes)) {
    throw new Error(`size: ${kept(module).named} does not belong to ${module}: build it again`);
  }
  const owners = new Owners(readMap(kept(module).map));
  const all = sections(bytes);
  const find = (wanted) => all.find(({ kind }) => kind === wanted);
  const functions = namedFunctions(bytes, named, find, owners);
  const pieces = dataPieces(segments(bytes, find('data')), owners);
  const heads = all.map((section) => {
    const inside = { code: functions, data: pieces }[section.kind] ?? [];
    return { group: 'rest', name: HEADS[section.kind] ?? (section.name === SECTION ? 'what the file says of itself' : section.kind), bytes: section.bytes - sum(inside) };
  });
  const magic = { group: 'rest', name: 'magic and version', bytes: 8 };
  return { parts: merge([...functions, ...pieces, ...heads, magic]), functions, bytes };
}

function namedFunctions(bytes, named, find, owners) {
  const names = functionNames(named);
  const first = importedFunctions(bytes, find('imports'));
  return functionSizes(bytes, find('code')).map((size, index) => {
    const name = names.get(first + index) ?? '';
    return { ...owners.ofFunction(name), function: name, bytes: size };
  });
}

/** Splits the segments at the linker's pieces of data. Bytes between the pieces are padding. The bytes after the last
 *  piece are the snapshot of `init`. */
function dataPieces(segments, owners) {
  const pieces = [];
  const linked = Math.max(...owners.map.data.map(({ address, size }) => address + size));
  for (const { address, content } of segments) {
    let at = 0;
    const padding = (to) => {
      const end = Math.min(Math.max(linked - address, at), to);
      if (end > at) pieces.push({ group: 'data', name: 'padding', bytes: end - at });
      if (to > end) pieces.push({ group: 'data', name: 'the VM as it begins', bytes: to - end });
    };
    for (const thing of owners.map.data) {
      const from = Math.max(thing.address - address, at);
      const to = Math.min(thing.address + thing.size - address, content.length);
      if (to <= from) continue;
      padding(from);
      pieces.push({ ...owners.ofData({ ...thing, content: content.subarray(from, to) }), bytes: to - from });
      at = to;
    }
    padding(content.length);
  }
  return pieces;
}

const sum = (parts) => parts.reduce((total, { bytes }) => total + bytes, 0);

function merge(parts) {
  const merged = new Map();
  for (const { group, name, bytes } of parts) {
    const key = `${group}/${name}`;
    const entry = merged.get(key) ?? { group, name, bytes: 0 };
    entry.bytes += bytes;
    merged.set(key, entry);
  }
  return [...merged.values()];
}
