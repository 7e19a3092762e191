#!/usr/bin/env node
// Warns if a program is slower or the module larger than in record.json. A warning is not a failure: the exit code is
// 0.
//
// A program and native Lua are measured in the same run, with few rounds. A program that seems slower is measured twice
// more, with new processes and more rounds. It is reported only if it is slower in every measurement.

import { fileSizes } from './file_size.mjs';
import { isOk, measureProgram, measurePrograms, programNames, refuseMissing, withWorkers, workersFor } from './measure.mjs';
import { UsageError, choose, parse, run, wholeNumber } from './options.mjs';
import { about, readRecord } from './record.mjs';
import { LARGER, SLOWER, larger, leastOf, recordedNode, slower } from './regressions.mjs';
import { figures } from './statistics.mjs';
import { printProblems } from './table.mjs';

const ENGINES = ['native', 'node'];
/** How many times longer the second and the third measurement take. */
const AGAIN = [3, 6];

const USAGE = `usage: node check.mjs [options]
  --rounds N        rounds of the first look (default 3)
  --only NAME,NAME  these programs only
  --help            print this`;

const percent = (ratio) => `${((ratio - 1) * 100).toFixed(0)} %`;

/** The programs that every measurement finds slower. */
async function findSlower(names, rounds, record, recorded) {
  const rows = await measurePrograms(names, ENGINES, rounds);
  printProblems(rows);
  const find = (programs) => slower(programs, 'node', record.programs, recorded);
  let programs = figures(rows);
  let found = find(programs);
  for (const times of AGAIN) {
    if (found.length === 0) break;
    console.log(`A closer look at ${found.map(({ name }) => name).join(', ')}`);
    const again = [];
    for (const { name } of found) {
      again.push(await withWorkers(workersFor(ENGINES), (workers) => measureProgram(name, workers, rounds * times)));
    }
    const looked = new Set(found.map(({ name }) => name));
    programs = leastOf(programs.filter(({ name }) => looked.has(name)), figures(again));
    found = find(programs);
  }
  return { found, allOk: rows.every(isOk) };
}

await run(async () => {
  const { values } = parse(USAGE, {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  refuseMissing(ENGINES);
  const record = readRecord();
  const recorded = recordedNode(record.engines, process.versions.node);
  if (recorded === undefined) throw new UsageError(`nothing is recorded for Node ${process.versions.node}`);
  const names = values.only === undefined ? programNames() : choose('program', values.only, programNames());

  const grown = larger(fileSizes('cu'), record.sizes.cu);
  for (const { way, bytes, recorded: before } of grown) {
    console.log(`WARNING: cu.wasm (${way}) has ${bytes} bytes, ${percent(bytes / before)} more than the recorded ${before}`);
  }
  const { found, allOk } = await findSlower(names, wholeNumber('rounds', values.rounds), record, recorded);
  for (const { name, ratio, recorded: before } of found) {
    console.log(`WARNING: ${name} takes ${ratio.toFixed(2)} times native Lua's time, ${percent(ratio / before)} more than the recorded ${before.toFixed(2)}`);
  }
  const { processor } = about([], 0).machine;
  if (found.length > 0 && processor !== record.machine.processor) {
    console.log(`The record is of another processor (${record.machine.processor}), which may be all there is to it.`);
  }
  if (found.length + grown.length === 0) {
    console.log(`None of ${names.length} programs is more than ${percent(SLOWER)} slower than recorded, nor the file ${percent(LARGER)} larger.`);
  }
  return allOk ? 0 : 1;
});
