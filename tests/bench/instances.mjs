// Measures what instances of cu_host cost in Wasmtime (host-rust/host/examples/instances.rs), beside the bounds of the project.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { formatGrid } from './table.mjs';

const PROGRAM = fileURLToPath(new URL('../../target/release/examples/instances', import.meta.url));

/** The figure is the least, as with start-up. */
const PROCESSES = 5;

/** The rows. `most`: microseconds, or KB. */
const MEASURES = [
  { what: 'start', title: 'a new instance with its Lua state, on demand' },
  { what: 'startPooled', title: 'the same from a pool (`EngineOptions::pool`)', most: 30 },
  { what: 'compute', title: '`compute("return 1")`', most: 2 },
];
const MOST_IDLE_KB = 300;

/** Microseconds, and bytes of an idle instance: `{ start, startPooled, compute, idleBytes, idle }`. */
export function measureInstances() {
  const runs = Array.from({ length: PROCESSES }, () => JSON.parse(execFileSync(PROGRAM, { encoding: 'utf8' })));
  return runs.reduce((one, other) => Object.fromEntries(Object.keys(one).map((name) => [
    name, one[name] === null ? null : Math.min(one[name], other[name]),
  ])));
}

/** The figures as cells of a table, the same for a terminal and for docs/performance.md. Only times are scaled. */
export function instancesTable(figures, scale = 1) {
  const row = (title, figure, digits, unit, most = Infinity) => [
    title,
    most === Infinity ? '-' : `${most} ${unit}`,
    figure === null ? '-' : `${figure.toFixed(digits)} ${unit}${figure > most ? ' (missed)' : ''}`,
  ];
  const rows = MEASURES.map(({ what, title, most }) => row(title, figures[what] * scale, 2, 'µs', most));
  const idle = figures.idleBytes === null ? null : figures.idleBytes / 1000;
  return [['', 'at most', 'measured'], [...rows, row(`memory of each of ${figures.idle} idle ones`, idle, 0, 'KB', MOST_IDLE_KB)]];
}

/** The figures as lines of text. */
export const describeInstances = (figures, scale) => formatGrid(...instancesTable(figures, scale));
