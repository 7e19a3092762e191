#!/usr/bin/env node
// Compares the speed of two modules, to see the effect of a change. They take turns, and the least time of each is
// used.
//
// With the same file twice, the differences show the noise.

import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { ENGINES, Worker } from './engines.mjs';
import { isOk, measureProgram, programNames, refuseMissing, withWorkers } from './measure.mjs';
import { UsageError, choose, parse, run, wholeNumber } from './options.mjs';
import { leastOf } from './regressions.mjs';
import { figures, geometricMean, ratios } from './statistics.mjs';
import { formatGrid } from './table.mjs';

const CHOICE = Object.keys(ENGINES).filter((engine) => ENGINES[engine].takesModule);
/** How many of the fastest and of the slowest programs are shown without --all. */
const SHOWN = 8;

const USAGE = `usage: node compare.mjs A.wasm B.wasm [options]
  --rounds N         measured runs of each program on each module (default 5)
  --processes N      with new processes so many times, since what an engine makes of a module differs a little from
                     one to the next (default 1)
  --only NAME,NAME   these programs only; a name may end in * for all that begin so
  --engine NAME      one of ${CHOICE.join(', ')} (default node)
  --all              show every program
  --help             print this
The exit code is 1 when the modules' checksums differ or one fails.`;

function readOptions() {
  const { values, positionals } = parse(USAGE, {
    rounds: { type: 'string', default: '5' },
    processes: { type: 'string', default: '1' },
    only: { type: 'string' },
    engine: { type: 'string', default: 'node' },
    all: { type: 'boolean' },
    help: { type: 'boolean' },
  }, true);
  if (values.help) return values;
  if (positionals.length !== 2) throw new UsageError(`two modules are compared, not ${positionals.length}\n${USAGE}`);
  const absent = positionals.filter((file) => !existsSync(file));
  if (absent.length > 0) throw new UsageError(`there is no ${absent.join(' and no ')}`);
  const [engine] = choose('engine', values.engine, CHOICE);
  return {
    ...values,
    engine,
    modules: positionals.map((file) => resolve(file)),
    rounds: wholeNumber('rounds', values.rounds),
    processes: wholeNumber('processes', values.processes),
    names: values.only === undefined ? programNames() : matching(values.only),
  };
}

/** The programs of a list of names, in which `*` matches the rest of a name. */
function matching(list) {
  const known = programNames();
  const names = list.split(',').flatMap((name) => (
    name.endsWith('*') ? known.filter((program) => program.startsWith(name.slice(0, -1))) : [name]));
  return choose('program', names.join(','), known);
}

/** Microseconds of both modules, named A and B, or the row with the error. */
async function compare(name, { engine, modules, rounds, processes }, label) {
  let programs;
  for (let process = 0; process < processes; process += 1) {
    const workers = modules.map((module, index) => Object.assign(new Worker(engine, module), { name: 'AB'[index] }));
    const row = await withWorkers(workers, () => measureProgram(name, workers, rounds, label));
    if (!isOk(row)) return { row };
    programs = programs === undefined ? figures([row]) : leastOf(programs, figures([row]));
  }
  return { program: programs[0] };
}

function print(programs, { modules, engine, all }) {
  const compared = ratios(programs, 'B', 'A');
  const row = ({ name, ratio }) => [name, ratio.toFixed(3)];
  const isLong = !all && compared.length > 2 * SHOWN;
  const body = isLong ? [...compared.slice(0, SHOWN).map(row), ['...', ''], ...compared.slice(-SHOWN).map(row)] : compared.map(row);
  console.log(`${ENGINES[engine].title}: ${basename(modules[1])} beside ${basename(modules[0])}; below 1, the second is faster.\n`);
  const mean = geometricMean(compared.map(({ ratio }) => ratio)).toFixed(4);
  console.log(formatGrid(['program', 'B/A'], body, [[`geometric mean (${compared.length})`, mean]]));
}

await run(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  refuseMissing([options.engine]);
  const programs = [];
  let failed = 0;
  for (const [index, name] of options.names.entries()) {
    const { row, program } = await compare(name, options, `[${index + 1}/${options.names.length}]`);
    if (program !== undefined) {
      programs.push(program);
      continue;
    }
    failed += 1;
    for (const [which, { problem }] of Object.entries(row.engines)) {
      if (problem !== undefined) console.log(`FAILED: ${name}, ${which}: ${problem}`);
    }
  }
  if (programs.length > 0) print(programs, options);
  return failed === 0 ? 0 : 1;
});
