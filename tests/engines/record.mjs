/** The figures of the last run of each engine, from which docs/engines.md is written. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('record.json', import.meta.url));

/** The programs that are measured beside native Lua. */
export const PROGRAMS = ['fib_calls', 'json_encode', 'sort_comparator', 'table_fields'];

export const readRecord = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { engines: {} });

/** JSON with a line for each engine, so that a diff shows what changed. */
export function writeRecord({ engines, ...rest }) {
  const lines = Object.entries(engines).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const members = Object.entries(rest).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  writeFileSync(FILE, `{\n${[...members, `  "engines": {\n${lines.join(',\n')}\n  }`].join(',\n')}\n}\n`);
}

export const machine = () => ({
  processor: cpus()[0].model.trim(),
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release().replace(/^(\d+\.\d+).*/, '$1')}, ${process.arch}`,
});
