#!/usr/bin/env node
// Times the programs in programs/ on every engine and prints one table, then the start-up figures and the rest.
//
// Engines take turns within a round, so that a busy minute slows all of them and the ratios stay right.

import { writeFileSync } from 'node:fs';

import { describeBigIntegers, measureBigIntegers } from './bigint.mjs';
import { describeCalls, measureCallsBothWays } from './calls.mjs';
import { describeData, measureData } from './data.mjs';
import { DEFAULT_ENGINES, ENGINES, OPTIONAL_ENGINES, missing } from './engines.mjs';
import { fileSizes, partsOfCu } from './file_size.mjs';
import { describeInstances, measureInstances } from './instances.mjs';
import { describeJavaScript, measureJavaScript } from './javascript.mjs';
import { isOk, measureProgram, measurePrograms, programNames, refuseMissing, withWorkers, workersFor } from './measure.mjs';
import { describeBesideNumBigint, measureBesideNumBigint } from './num_bigint.mjs';
import { UsageError, choose, parse, progress, run, wholeNumber } from './options.mjs';
import { about, readRecord, writeRecord } from './record.mjs';
import { describeServer, measureServer } from './server.mjs';
import { measureStartup } from './startup.mjs';
import { figures } from './statistics.mjs';
import { describeTables, measureTables } from './tables.mjs';
import {
  printBudget, printCalibration, printProblems, printPrograms, printSizes, printStartup, printTargets,
} from './table.mjs';
import { judgeTargets } from './targets.mjs';
import { describeVerifier, measureVerifier } from './verifier.mjs';
import { writeDocument } from './write.mjs';

const CALIBRATION_PROGRAM = 'fib_calls';
/** Native milliseconds of the calibration program on the reference machine of the absolute targets. */
const CALIBRATION_MS = 120;
/** Engines that are only compared with another engine, and have no column. */
const ASIDE = ['unlimited'];

const USAGE = `usage: node bench.mjs [options]
  --rounds N           measured runs of each program on each engine (default 5)
  --only NAME,NAME     these programs only
  --engines NAME,NAME  these engines only, or \`all\` that are there, of: ${Object.keys(ENGINES).join(', ')}
                       (default ${DEFAULT_ENGINES.join(',')})
  --programs           nothing but the programs
  --data               nothing but queries, indexes and batches, beside LokiJS, Dexie and SQLite (a minute)
  --calls              nothing but calls both ways between host and script, in Node and Wasmtime, beside wasmoon (10 seconds);
                       with --record these figures alone are recorded
  --instances          nothing but instances of cu_host in Wasmtime (2 seconds); with --record these figures alone are recorded
  --server             nothing but \`cu serve\` and stores, in memory, redb, PostgreSQL and etcd (3 minutes; not part of the others);
                       with --record these figures are recorded
  --javascript         nothing but calls from JavaScript and stores of browsers, beside wasmoon, Dexie and TinyBase (3 minutes);
                       with --record these figures alone are recorded
  --json FILE          also write every figure to FILE
  --record             keep the figures in record.json, and write docs/performance.md from it
  --help               print this`;

function readOptions() {
  const { values } = parse(USAGE, {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    engines: { type: 'string' },
    programs: { type: 'boolean' },
    calls: { type: 'boolean' },
    instances: { type: 'boolean' },
    server: { type: 'boolean' },
    data: { type: 'boolean' },
    javascript: { type: 'boolean' },
    json: { type: 'string' },
    record: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  if (values.record && (values.only !== undefined || values.programs || values.data)) {
    throw new UsageError('--record wants everything: it takes none of --only, --programs and --data');
  }
  const programs = programNames();
  return {
    ...values,
    rounds: wholeNumber('rounds', values.rounds),
    engines: enginesOf(values.engines),
    names: values.only === undefined ? programs : choose('program', values.only, programs),
  };
}

function enginesOf(list) {
  if (list === undefined) return whatIsThere(DEFAULT_ENGINES);
  const known = Object.keys(ENGINES);
  return list === 'all' ? whatIsThere(known) : choose('engine', list, known);
}

/** The engines that this machine has. Optional engines that it lacks are left out and printed. */
function whatIsThere(engines) {
  const absent = engines.filter((engine) => OPTIONAL_ENGINES.includes(engine) && missing(engine).length > 0);
  for (const engine of absent) {
    const [{ file, build }] = missing(engine);
    console.log(`Without ${ENGINES[engine].title}, which needs ${file} (\`${build}\` makes it).`);
  }
  return engines.filter((engine) => !absent.includes(engine));
}

async function calibrate(rows, rounds) {
  const row = rows.find(({ name }) => name === CALIBRATION_PROGRAM)
    ?? await withWorkers(workersFor(['native']), (workers) => measureProgram(CALIBRATION_PROGRAM, workers, rounds, 'calibration'));
  const { status, microseconds } = row.engines.native;
  if (status !== 'ok') return undefined;
  const milliseconds = microseconds / 1000;
  return { milliseconds, target: CALIBRATION_MS, scale: CALIBRATION_MS / milliseconds };
}

/** The measurements besides the programs, in the order of the output. */
async function measureRest(engines) {
  progress('start-up figures');
  const startup = measureStartup(engines);
  const instances = engines.includes('wasmtime') ? measureInstances() : undefined;
  const sizes = Object.fromEntries(['cu', 'wasmoon']
    .filter((name) => engines.includes(name === 'cu' ? 'node' : name))
    .map((name) => [name, fileSizes(name)]));
  const parts = partsOfCu();
  if (!engines.includes('node')) return { startup, instances, sizes, parts };
  progress('external tables');
  const tables = measureTables();
  progress('tables as data');
  const data = measureData();
  progress('calls both ways');
  const calls = measureCallsBothWays(engines);
  progress('big integers');
  const bigIntegers = await measureBigIntegers({ wasmoon: engines.includes('wasmoon') });
  const besideNumBigint = await measureBesideNumBigint((what) => progress(`num-bigint: ${what}`));
  progress('verifier');
  const verifier = await measureVerifier();
  progress('calls from JavaScript, stores of browsers');
  const javaScript = await measureJavaScript();
  progress('');
  return { startup, instances, sizes, parts, tables, data, calls, bigIntegers, besideNumBigint, verifier, javaScript };
}

function printRest({ startup, instances, sizes, tables, data, calls, bigIntegers, besideNumBigint, verifier, javaScript }, scale) {
  printStartup(startup, scale);
  if (instances !== undefined) printInstances(instances, scale);
  if (Object.keys(sizes).length > 0) printSizes(sizes);
  if (tables === undefined) return;
  const scaled = scale === undefined ? '' : ', times scaled';
  console.log(`\nExternal tables in Node, memory store${scaled}\n\n${describeTables(tables, scale)}`);
  printData(data, scale);
  printCalls(calls, scale);
  console.log(`\nBig integers in Node, beside JavaScript's and in wasmoon${scaled}\n\n${describeBigIntegers(bigIntegers, scale)}`);
  console.log(`\nLarge operands in Node, beside num-bigint for the same target${scaled}\n\n${describeBesideNumBigint(besideNumBigint, scale)}`);
  console.log(`\nThe verifier of bytecode in Node${scaled}\n\n${describeVerifier(verifier, scale)}`);
  printJavaScript(javaScript, scale);
}

function printData(data, scale) {
  const scaled = scale === undefined ? '' : ', times scaled';
  console.log(`\nTables as data in Node, 100,000 rows in memory, beside other libraries${scaled}\n\n${describeData(data, scale)}`);
}

function printInstances(instances, scale) {
  console.log(`\nInstances of cu_host in Wasmtime${scale === undefined ? '' : ', times scaled'}\n\n${describeInstances(instances, scale)}`);
}

function printCalls(calls, scale) {
  const scaled = scale === undefined ? '' : ', times scaled';
  console.log(`\nCalls both ways between host and script${scaled}\n\n${describeCalls(calls, scale)}`);
}

function printJavaScript(javaScript, scale) {
  const { node, chromium = 'which is not here' } = javaScript;
  const scaled = scale === undefined ? '' : ', times scaled';
  console.log(`\nFrom JavaScript, in Node ${node} and Chromium ${chromium}${scaled}\n\n${describeJavaScript(javaScript, scale)}`);
}

/** What the record has of them: with a scale of its own, because each of these parts can be measured alone. */
const recordedJavaScript = ({ times, ...versions }, scale) => ({ javaScript: { ...versions, scale }, javaScriptTimes: times });
const dated = (figures, scale) => ({ date: new Date().toISOString().slice(0, 10), scale, figures });
const recordedCalls = (figures, scale) => ({ calls: dated(figures, scale) });
const recordedInstances = (figures, scale) => ({ instances: dated(figures, scale) });

/** A record of everything keeps these, which are measured alone. */
const keptServer = () => ({ server: readRecord().server });

/** As they are: what is waited for, disks and turns, does not go with the speed of a processor. */
const recordedServer = (figures) => ({ server: dated(figures) });

/** Measures a part alone: `measure` answers its figures, `print` shows them, `keep` makes the entries of the record. */
async function only({ rounds, record }, measure, print, keep) {
  const calibration = await calibrate([], rounds);
  if (calibration === undefined) throw new UsageError('native Lua failed, by whose time the others are scaled');
  const figures = await measure();
  printCalibration(calibration);
  print(figures, calibration.scale);
  if (!record) return;
  writeRecord({ ...readRecord(), ...keep(figures, calibration.scale) });
  writeDocument(readRecord());
}

await run(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (options.data) {
    printData(measureData());
    return 0;
  }
  if (options.javascript) {
    await only(options, measureJavaScript, printJavaScript, recordedJavaScript);
    return 0;
  }
  if (options.calls) {
    await only(options, () => measureCallsBothWays(whatIsThere(DEFAULT_ENGINES)), printCalls, recordedCalls);
    return 0;
  }
  if (options.instances) {
    await only(options, measureInstances, printInstances, recordedInstances);
    return 0;
  }
  if (options.server) {
    const figures = await measureServer(progress);
    console.log(describeServer(figures));
    if (options.record) {
      writeRecord({ ...readRecord(), ...recordedServer(figures) });
      writeDocument(readRecord());
    }
    return 0;
  }
  // The reference comes first: native if it runs, otherwise the first named engine.
  const engines = options.engines.sort((a, b) => (b === 'native') - (a === 'native'));
  refuseMissing(engines);

  const rows = await measurePrograms(options.names, engines, options.rounds);
  const calibration = engines.includes('native') ? await calibrate(rows, options.rounds) : undefined;
  const columns = engines.filter((engine) => !ASIDE.includes(engine));
  printPrograms(rows, columns.length > 0 ? columns : engines, options.rounds);
  printBudget(rows);
  printProblems(rows);
  printCalibration(calibration);
  const programs = figures(rows);
  printTargets(judgeTargets(programs));

  const rest = options.programs ? {} : await measureRest(engines);
  if (!options.programs) printRest(rest, calibration?.scale);

  const { javaScript, calls, instances, ...others } = rest;
  const measured = {
    ...about(engines, options.rounds), calibration, programs, ...others,
    ...(javaScript && recordedJavaScript(javaScript, calibration?.scale)), ...(calls && recordedCalls(calls, calibration?.scale)),
    ...(instances && recordedInstances(instances, calibration?.scale)), ...keptServer(),
  };
  if (options.json !== undefined) {
    const runs = rows.map(({ name, engines: results }) => ({ name, engines: results }));
    writeFileSync(options.json, `${JSON.stringify({ ...measured, programs: runs }, null, 2)}\n`);
  }
  const allOk = rows.every(isOk);
  if (options.record) {
    if (!allOk) throw new UsageError('nothing is recorded, because some engine failed');
    writeRecord(measured);
    writeDocument(readRecord());
    console.log('\nRecorded; docs/performance.md is written.');
  }
  return allOk ? 0 : 1;
});
