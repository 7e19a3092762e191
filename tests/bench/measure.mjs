// Runs programs on engines, which take turns, and checks their answers.
//
// A figure is the minimum of all rounds, because other work of the machine can only make a run slower.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ENGINES, Worker, missing } from './engines.mjs';
import { UsageError, progress } from './options.mjs';

const PROGRAMS = new URL('programs/', import.meta.url);

export function programNames() {
  return readdirSync(PROGRAMS).filter((file) => file.endsWith('.lua')).map((file) => file.slice(0, -4)).sort();
}

/** Prints the missing files of engines and how to make them. */
export function refuseMissing(engines) {
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

/** Calls `use` with a worker for each engine, and ends the workers afterwards. */
export async function withWorkers(workers, use) {
  const end = () => Promise.all(workers.map((worker) => worker.close()));
  const interrupted = () => end().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    return await use(workers);
  } finally {
    process.off('SIGINT', interrupted);
    await end();
  }
}

export const workersFor = (engines) => engines.map((engine) => new Worker(engine));

/**
 * One warm-up, then the rounds. Each round starts with another worker. A worker is identified by its `name`, which is
 * by default its engine.
 */
export async function measureProgram(name, workers, rounds, label = '') {
  const path = fileURLToPath(new URL(`${name}.lua`, PROGRAMS));
  const results = Object.fromEntries(workers.map((worker) => [nameOf(worker), { runs: [], checksums: new Set() }]));
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < workers.length; turn += 1) {
      const worker = workers[(round + turn) % workers.length];
      const result = results[nameOf(worker)];
      if (result.error !== undefined) continue;
      progress(`${label} ${name}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${nameOf(worker)}`);
      const answer = await worker.run(path);
      if (answer.error !== undefined) {
        result.error = answer.error;
        continue;
      }
      result.checksums.add(answer.checksum);
      if (round > 0) result.runs.push(answer.microseconds);
    }
  }
  progress('');
  return { name, engines: judge(results) };
}

const nameOf = (worker) => worker.name ?? worker.engine;

/** The figure of each engine, and whether its checksum equals that of the first engine that finished. */
export function judge(results) {
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

/** All programs on all engines, each in one process; `rows` of `measureProgram`. */
export async function measurePrograms(programs, engines, rounds) {
  return withWorkers(workersFor(engines), async (workers) => {
    const rows = [];
    for (const [index, name] of programs.entries()) {
      rows.push(await measureProgram(name, workers, rounds, `[${index + 1}/${programs.length}]`));
    }
    return rows;
  });
}

export const isOk = (row) => Object.values(row.engines).every(({ status }) => status === 'ok');
