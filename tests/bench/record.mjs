// The last figures that `make performance` recorded. docs/performance.md shows them, and `make bench-check` compares
// with them.

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

import { ENGINES } from './engines.mjs';

const RECORD = new URL('record.json', import.meta.url);

export const readRecord = () => JSON.parse(readFileSync(RECORD, 'utf8'));

export const writeRecord = (record) => writeFileSync(RECORD, format(record));

/** The machine and the versions of a run. */
export function about(engines, rounds) {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      processor: cpus()[0].model.trim(),
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release().replace(/^(\d+\.\d+).*/, '$1')}, ${process.arch}`,
    },
    rounds,
    engines: Object.fromEntries(engines.map((engine) => [engine, { title: ENGINES[engine].title, version: ENGINES[engine].version() }])),
  };
}

/** Six digits are enough: no measurement is more exact. */
const rounded = (_, value) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value);

/** JSON with a line for each element of a list, so that a diff shows only the changed elements. */
export function format(record) {
  const line = (value) => JSON.stringify(value, rounded);
  const member = ([name, value]) => {
    const text = Array.isArray(value) ? `[\n    ${value.map(line).join(',\n    ')}\n  ]` : line(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  };
  const members = Object.entries(record).filter(([, value]) => value !== undefined);
  return `{\n${members.map(member).join(',\n')}\n}\n`;
}
