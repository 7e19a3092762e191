// Prints results for a person: one row per program, one group of columns per engine.

import { ENGINES } from './engines.mjs';

/** Rows of means under the table; `matches` says which programs count. */
const MEANS = [
  { title: 'geometric mean', matches: () => true },
  { title: 'of coroutines', matches: (name) => name.startsWith('coroutines_') },
  { title: 'of pcall', matches: (name) => name.startsWith('pcall_') },
];

const ok = (result) => result.status === 'ok';
const milliseconds = (result) => (result.microseconds / 1000).toFixed(1);
const times = (ratio) => `${ratio.toFixed(2)}x`;

/**
 * Prints the table and returns its means. The first engine is the reference: it has milliseconds, the others their
 * ratio to it (2x = takes twice as long), cu in Node both.
 */
export function printPrograms(rows, engines, rounds) {
  const [reference] = engines;
  const columns = engines.flatMap((engine) => columnsOf(engine, reference));
  const header = ['program', ...columns.map(({ title }) => title)];
  const body = rows.map((row) => [row.name, ...columns.map(({ cell }) => cell(row))]);
  const means = MEANS.map((mean) => summarize(mean, rows, engines)).filter(({ programs }) => programs > 0);
  const foot = engines.length === 1 ? [] : means.map(({ title, programs, ratios }) => [
    `${title} (${programs})`,
    ...columns.map(({ engine, isRatio }) => (isRatio ? times(ratios[engine]) : '')),
  ]);
  console.log(`Minimum of ${plural(rounds, 'round')}; ratios are to ${ENGINES[reference].title}, lower is faster.\n`);
  console.log(formatGrid(header, body, foot));
  return means;
}

function columnsOf(engine, reference) {
  const { title } = ENGINES[engine];
  const time = { engine, title: `${title} ms`, cell: ({ engines }) => timeCell(engines[engine]) };
  const ratio = {
    engine,
    isRatio: true,
    title: engine === 'node' ? 'ratio' : title,
    cell: ({ engines }) => ratioCell(engines[engine], engines[reference]),
  };
  if (engine === reference) return [time];
  return engine === 'node' ? [time, ratio] : [ratio];
}

function timeCell(result) {
  return ok(result) ? milliseconds(result) : result.status.toUpperCase();
}

function ratioCell(result, reference) {
  if (!ok(result)) return result.status.toUpperCase();
  return ok(reference) ? times(result.microseconds / reference.microseconds) : '-';
}

/** Geometric means over the programs that every engine finished, so that all columns speak of the same work. */
function summarize({ title, matches }, rows, engines) {
  const [reference] = engines;
  const finished = rows.filter((row) => matches(row.name) && engines.every((engine) => ok(row.engines[engine])));
  const ratios = Object.fromEntries(engines.map((engine) => [
    engine,
    geometricMean(finished.map((row) => row.engines[engine].microseconds / row.engines[reference].microseconds)),
  ]));
  return { title, programs: finished.length, ratios };
}

function geometricMean(ratios) {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/**
 * Prints what the budget costs: the time of the shipped module, which counts, over that of one which does not. Answers the
 * mean and the worst, undefined when not both were measured.
 */
export function printBudget(rows) {
  const both = rows.filter(({ engines: { node, unlimited } }) => node && unlimited && ok(node) && ok(unlimited));
  if (both.length === 0) return undefined;
  const ratio = ({ engines }) => engines.node.microseconds / engines.unlimited.microseconds;
  const mean = geometricMean(both.map(ratio));
  const sorted = [...both].sort((a, b) => ratio(b) - ratio(a));
  const shown = sorted.slice(0, 5).map((row) => `${row.name} ${times(ratio(row))}`).join(', ');
  console.log(`\nThe budget, counted against not counted (${both.length}): ${times(mean)}; most in ${shown}`);
  return { mean, worst: ratio(sorted[0]), programs: Object.fromEntries(sorted.map((row) => [row.name, ratio(row)])) };
}

export function printProblems(rows) {
  const problems = rows.flatMap(({ name, engines }) => Object.entries(engines)
    .filter(([, result]) => !ok(result))
    .map(([engine, { status, problem }]) => `${status.toUpperCase()}: ${name}, ${ENGINES[engine].title}: ${problem}`));
  if (problems.length > 0) console.log(`\n${problems.join('\n')}`);
}

export function printCalibration(calibration) {
  if (calibration === undefined) {
    console.log('\nCalibration: none, native Lua did not run.');
    return;
  }
  const { milliseconds: native, target, scale } = calibration;
  console.log(`\nCalibration: native fib(32) takes ${native.toFixed(1)} ms; `
    + `multiply times by ${scale.toFixed(3)} for a machine that takes ${target} ms.`);
}

export function printStartup(records) {
  if (records.length === 0) return;
  console.log('\nStart-up in Node\n');
  console.log(formatGrid(
    ['', ...records.map(({ engine }) => ENGINES[engine].title)],
    [
      ['new instance or state, µs', ...records.map(({ startMicroseconds }) => startMicroseconds.toFixed(1))],
      ['compute `return 1`, µs', ...records.map(({ callMicroseconds }) => callMicroseconds.toFixed(2))],
      ['module, bytes', ...records.map(({ bytes }) => bytes.toLocaleString('en'))],
      ['module, gzipped', ...records.map(({ gzipBytes }) => gzipBytes.toLocaleString('en'))],
    ],
  ));
}

/** The first column to the left, numbers to the right; a rule below the header and above the foot. */
export function formatGrid(header, body, foot = []) {
  const widths = header.map((_, column) => Math.max(...[header, ...body, ...foot].map((row) => row[column].length)));
  const line = (row) => row
    .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
    .join('   ')
    .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, -3));
  const lines = [line(header), rule, ...body.map(line)];
  if (foot.length > 0) lines.push(rule, ...foot.map(line));
  return lines.join('\n');
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
