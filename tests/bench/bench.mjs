#!/usr/bin/env node
// Times the programs in programs/ on every engine and prints one table, then the start-up figures.
//
// A figure is the minimum of all rounds: whatever else the machine does can only make a run slower.
// Engines take turns within a round, so that a busy minute hits all of them and ratios stay honest.

import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { describeBigIntegers, measureBigIntegers } from './bigint.mjs';
import { ENGINES, Worker, missing } from './engines.mjs';
import { measureStartup } from './startup.mjs';
import { describeTables, measureTables } from './tables.mjs';
import { printBudget, printCalibration, printProblems, printPrograms, printStartup } from './table.mjs';
import { describeVerifier, measureVerifier } from './verifier.mjs';

const PROGRAMS = new URL('programs/', import.meta.url);
const CALIBRATION_PROGRAM = 'fib_calls';
/** Native milliseconds for the calibration program on the machine that absolute targets are meant for. */
const CALIBRATION_MS = 120;

const USAGE = `usage: node bench.mjs [options]
  --rounds N           measured runs of each program on each engine (default 5)
  --only NAME,NAME     these programs only
  --engines NAME,NAME  these engines only, of: ${Object.keys(ENGINES).join(', ')}
  --json FILE          also write every figure to FILE
  --help               print this`;

class UsageError extends Error {}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '5' },
        only: { type: 'string' },
        engines: { type: 'string', default: Object.keys(ENGINES).join(',') },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error.message}\n${USAGE}`);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds is ${values.rounds}; it takes a whole number from 1`);
  }
  const programs = programNames();
  return {
    help: values.help,
    rounds,
    json: values.json,
    engines: choose('engine', values.engines, Object.keys(ENGINES)),
    programs: values.only === undefined ? programs : choose('program', values.only, programs),
  };
}

function programNames() {
  return readdirSync(PROGRAMS).filter((file) => file.endsWith('.lua')).map((file) => file.slice(0, -4)).sort();
}

function choose(kind, list, known) {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    throw new UsageError(`no such ${kind}: ${unknown.join(', ') || '(none named)'}; there are: ${known.join(', ')}`);
  }
  return [...new Set(names)];
}

function refuseMissing(engines) {
  const incomplete = engines.filter((engine) => missing(engine).length > 0);
  if (incomplete.length === 0) return;
  const lines = incomplete.map((engine) => {
    const parts = missing(engine).map(({ file, build }) => `${file} (\`${build}\` makes it)`);
    return `${engine} cannot run without ${parts.join(' and ')}`;
  });
  const rest = Object.keys(ENGINES).filter((engine) => missing(engine).length === 0);
  if (rest.length > 0) lines.push(`to run what is there: --engines ${rest.join(',')}`);
  throw new UsageError(lines.join('\n'));
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** One warm-up, then the rounds; in each round the engine that goes first is another one. */
async function measureProgram(name, workers, rounds, label) {
  const path = fileURLToPath(new URL(`${name}.lua`, PROGRAMS));
  const results = Object.fromEntries(workers.map(({ engine }) => [engine, { runs: [], checksums: new Set() }]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < workers.length; turn++) {
      const worker = workers[(round + turn) % workers.length];
      const result = results[worker.engine];
      if (result.error !== undefined) continue;
      progress(`${label} ${name}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${worker.engine}`);
      const answer = await worker.run(path);
      if (answer.error !== undefined) {
        result.error = answer.error;
        continue;
      }
      result.checksums.add(answer.checksum);
      if (round > 0) result.runs.push(answer.microseconds);
    }
  }
  return { name, engines: judge(results) };
}

/** The figure of each engine, and whether its checksum is that of the first engine that finished. */
function judge(results) {
  const [reference, finished] = Object.entries(results).find(([, { error }]) => error === undefined) ?? [];
  const [expected] = finished?.checksums ?? [];
  return Object.fromEntries(Object.entries(results).map(([engine, { runs, checksums, error }]) => {
    const checksum = [...checksums].join(' / ');
    if (error !== undefined) return [engine, { status: 'failed', problem: error }];
    if (checksum !== expected) {
      const problem = `checksum ${checksum}; ${reference} says ${expected}`;
      return [engine, { status: 'wrong', problem, runs, checksum }];
    }
    return [engine, { status: 'ok', microseconds: Math.min(...runs), runs, checksum }];
  }));
}

async function calibrate(rows, workers, rounds) {
  const native = workers.find(({ engine }) => engine === 'native');
  if (native === undefined) return undefined;
  const row = rows.find(({ name }) => name === CALIBRATION_PROGRAM)
    ?? await measureProgram(CALIBRATION_PROGRAM, [native], rounds, 'calibration');
  const { status, microseconds } = row.engines.native;
  if (status !== 'ok') return undefined;
  const milliseconds = microseconds / 1000;
  return { milliseconds, target: CALIBRATION_MS, scale: CALIBRATION_MS / milliseconds };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  // The reference comes first: native where it runs, otherwise the first engine named.
  const engines = options.engines.sort((a, b) => (b === 'native') - (a === 'native'));
  refuseMissing(engines);

  const workers = engines.map((engine) => new Worker(engine));
  const rows = [];
  let calibration;
  try {
    for (const [index, name] of options.programs.entries()) {
      rows.push(await measureProgram(name, workers, options.rounds, `[${index + 1}/${options.programs.length}]`));
    }
    calibration = await calibrate(rows, workers, options.rounds);
  } finally {
    for (const worker of workers) worker.close();
  }
  progress('');
  // The module without a budget is no engine to choose: it says what the budget costs.
  const chosen = engines.filter((engine) => engine !== 'unlimited');
  const means = printPrograms(rows, chosen.length > 0 ? chosen : engines, options.rounds);
  const budget = printBudget(rows);
  printProblems(rows);
  printCalibration(calibration);

  progress('start-up figures');
  const startup = await measureStartup(chosen);
  progress('');
  printStartup(startup);

  let tables;
  let bigIntegers;
  let verifier;
  if (engines.includes('node')) {
    progress('external tables');
    tables = measureTables();
    progress('');
    console.log(`\nExternal tables in Node, memory store${calibration ? ', times scaled' : ''}\n`);
    console.log(describeTables(tables, calibration?.scale));
    progress('big integers');
    bigIntegers = await measureBigIntegers({ wasmoon: engines.includes('wasmoon') });
    progress('');
    console.log(`\nBig integers in Node, beside JavaScript's and in wasmoon${calibration ? ', times scaled' : ''}\n`);
    console.log(describeBigIntegers(bigIntegers, calibration?.scale));
    progress('verifier');
    verifier = await measureVerifier();
    progress('');
    console.log(`\nThe verifier of bytecode in Node${calibration ? ', times scaled' : ''}\n`);
    console.log(describeVerifier(verifier, calibration?.scale));
  }

  if (options.json !== undefined) {
    const { rounds } = options;
    const measured = { calibration, means, budget, programs: rows, startup, tables, bigIntegers, verifier };
    const report = { node: process.version, rounds, engines, ...measured };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return rows.every((row) => Object.values(row.engines).every(({ status }) => status === 'ok')) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  progress('');
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 2;
}
