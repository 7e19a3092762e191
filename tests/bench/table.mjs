// Prints results for a person: one row per program, one group of columns per engine.

import { ENGINES } from './engines.mjs';
import { figures, geometricMean, means, ratios } from './statistics.mjs';

/** Rows of means under the table; `matches` selects the programs. */
const MEANS = [
  { title: 'geometric mean', matches: () => true },
  { title: 'of coroutines', matches: (name) => name.startsWith('coroutines_') },
  { title: 'of pcall', matches: (name) => name.startsWith('pcall_') },
];

const ok = (result) => result.status === 'ok';
const milliseconds = (result) => (result.microseconds / 1000).toFixed(1);
const times = (ratio) => `${ratio.toFixed(2)}x`;

/**
 * Prints the table. The first engine is the reference: its column has milliseconds. The others have their ratio to it
 * (2x = takes twice as long), and cu in Node has both.
 */
export function printPrograms(rows, engines, rounds) {
  const [reference] = engines;
  const columns = engines.flatMap((engine) => columnsOf(engine, reference));
  const header = ['program', ...columns.map(({ title }) => title)];
  const body = rows.map((row) => [row.name, ...columns.map(({ cell }) => cell(row))]);
  const programs = figures(rows);
  const meansOf = ({ title, matches }) => ({ title, ...means(programs.filter(({ name }) => matches(name)), engines, reference) });
  const summary = MEANS.map(meansOf).filter((mean) => mean.programs > 0);
  const foot = engines.length === 1 ? [] : summary.map(({ title, programs: count, ratios: of }) => [
    `${title} (${count})`,
    ...columns.map(({ engine, isRatio }) => (isRatio ? times(of[engine]) : '')),
  ]);
  console.log(`Minimum of ${plural(rounds, 'round')}; ratios are to ${ENGINES[reference].title}, lower is faster.\n`);
  console.log(formatGrid(header, body, foot));
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

/** Prints the cost of the budget: the time of the shipped module over that of a module without a budget. */
export function printBudget(rows) {
  const both = ratios(figures(rows), 'node', 'unlimited');
  if (both.length === 0) return;
  const shown = both.slice(0, 5).map(({ name, ratio }) => `${name} ${times(ratio)}`).join(', ');
  const mean = geometricMean(both.map(({ ratio }) => ratio));
  console.log(`\nThe budget, counted against not counted (${both.length}): ${times(mean)}; most in ${shown}`);
}

/** Prints which targets are met. */
export function printTargets(judged) {
  if (judged.length === 0) return;
  console.log(`\nTargets\n\n${formatGrid(
    ['', 'target', 'measured', ''],
    judged.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : 'missed']),
  )}`);
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

export function printStartup(records, scale = 1) {
  if (records.length === 0) return;
  console.log(`\nStart-up${scale === 1 ? '' : ', times scaled'}\n\n${formatGrid(
    ['', 'new instance or state, µs', 'compute `return 1`, µs'],
    records.map(({ engine, allocator, startMicroseconds, callMicroseconds }) => [
      allocator === undefined ? ENGINES[engine].title : `${ENGINES[engine].title}, ${allocator}`,
      (startMicroseconds * scale).toFixed(1),
      (callMicroseconds * scale).toFixed(2),
    ]),
  )}`);
}

export function printSizes(sizes) {
  console.log(`\nSizes in bytes\n\n${formatGrid(
    ['', 'as it is', 'gzip', 'brotli'],
    Object.entries(sizes).map(([name, { raw, gzip, brotli }]) => [name, raw, gzip, brotli].map((cell) => cell.toLocaleString('en'))),
  )}`);
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
