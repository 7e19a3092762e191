#!/usr/bin/env node
// Prints the bytes of each part of the module, and the difference from the recorded sizes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { GROUPS } from './size/owners.mjs';
import { kept, takeApart } from './size/parts.mjs';

process.chdir(new URL('..', import.meta.url).pathname);

const USAGE = `usage: node scripts/size.mjs [options]
  --module PATH    a module that make built (default dist/cu.wasm)
  --functions N    print the N largest functions too
  --only WORD      of those, the ones whose part or name contains it
  --record         record the sizes
  --help           print this`;

const { values } = parseArgs({
  options: {
    module: { type: 'string', default: 'dist/cu.wasm' },
    functions: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const RECORD = 'tests/bench/size.json';
const { module } = values;

for (const file of [module, kept(module).named, kept(module).map]) {
  if (!existsSync(file)) {
    console.error(`size: there is no ${file}: make builds it together with the module`);
    process.exit(1);
  }
}

const { parts, functions, bytes } = takeApart(module);
const packed = {
  'gzip -9': gzipSync(bytes, { level: 9 }).length,
  'brotli 11': brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
};
const records = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {};
printParts(records[module] ?? {});
if (values.functions !== '0') printFunctions(Number(values.functions), values.only);
if (values.record) record();

function printParts(before) {
  const known = Object.keys(before).length > 0;
  const row = (indent, name, size, was) => {
    const share = `${((100 * size) / bytes.length).toFixed(1)} %`;
    const change = known && size !== (was ?? 0) ? signed(size - (was ?? 0)) : '';
    console.log(`${(indent + name).padEnd(42)}${number(size).padStart(9)}${share.padStart(9)}${change.padStart(10)}`.trimEnd());
  };
  console.log(`${module.padEnd(42)}    bytes    share${known ? '    change' : ''}`);
  for (const { group, list, size } of groups()) {
    row('', GROUPS[group], size, total(before[group] ?? {}));
    for (const part of list) row('  ', part.name, part.bytes, before[group]?.[part.name]);
    for (const gone of Object.keys(before[group] ?? {}).filter((name) => !list.some((part) => part.name === name))) {
      row('  ', gone, 0, before[group][gone]);
    }
  }
  row('', 'total', bytes.length, Object.keys(GROUPS).reduce((sum, group) => sum + total(before[group] ?? {}), 0));
  for (const [name, size] of Object.entries(packed)) row('', name, size, before[name]);
}

/** The groups in their order, each with its parts, the largest first. */
function groups() {
  return Object.keys(GROUPS).map((group) => {
    const list = parts.filter((part) => part.group === group).sort((a, b) => b.bytes - a.bytes);
    return { group, list, size: list.reduce((sum, part) => sum + part.bytes, 0) };
  });
}

function printFunctions(count, only) {
  const lines = functions.map((one) => ({ bytes: one.bytes, where: one.name, name: one.function }));
  const wanted = lines.filter(({ where, name }) => `${where} ${name}`.includes(only));
  console.log(`\nfunctions${only && ` of ${only}`}: ${wanted.length}, the largest`);
  for (const { bytes: size, where, name } of wanted.sort((a, b) => b.bytes - a.bytes).slice(0, count)) {
    console.log(`${number(size).padStart(9)}  ${where.padEnd(18)}  ${name}`);
  }
}

function record() {
  records[module] = Object.fromEntries(
    groups().map(({ group, list }) => [group, Object.fromEntries(list.map((part) => [part.name, part.bytes]))]),
  );
  Object.assign(records[module], packed);
  writeFileSync(RECORD, `${JSON.stringify(records, null, 2)}\n`);
}

function total(parts) {
  return Object.values(parts).reduce((sum, size) => sum + size, 0);
}

function number(size) {
  return size.toLocaleString('en-US');
}

function signed(change) {
  return `${change > 0 ? '+' : '-'}${number(Math.abs(change))}`;
}
