#!/usr/bin/env node
// Measures the time per unit of the budget: finds library functions and instructions of Lua that take longer than their
// charge covers.
//
// Every case of calibrate/ is an endless loop under a budget. It is compared with a plain loop under the same budget in
// the same process. Both include the fixed cost of a stopped compute, so small budgets show single large operations.

import { parseArgs } from 'node:util';
import { CASES, makeCase } from './calibrate/cases.mjs';
import { gaps, livingFunctions } from './calibrate/complete.mjs';
import { probes } from './calibrate/probes.mjs';
import { Runner, SLOWEST, compileWhole } from '../node/slow/runner.mjs';

const BUDGETS = [2_000_000, 20_000, 1_000];
const PROBE_BUDGET = 100_000;
/** A case below this ratio is reported as overcharged. */
const CHEAP = 0.1;

const USAGE = `usage: node calibrate.mjs [options]
  --all           print every case; by default those off by more than a factor of ${SLOWEST}
  --filter WORD   cases whose name contains it
  --module PATH   another module (default dist/cu.wasm)
  --rounds N      measurements of what is slow, the least counts (default 4)
  --budgets N,N   instructions (default ${BUDGETS.join(',')})
  --no-probes     without the calls of every function with every value
  --patience N    seconds after which a case does not end (default 10)
  --help          print this
The exit code is 0 when no case takes ${SLOWEST} times as long as a plain loop or more, 1 when one does or the cases leave out
a function or an instruction, 2 for a wrong option.`;

class UsageError extends Error {}

function whole(name, text, least) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) throw new UsageError(`--${name} is ${text}; it takes a whole number from ${least}`);
  return number;
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        all: { type: 'boolean' },
        filter: { type: 'string', default: '' },
        module: { type: 'string', default: 'dist/cu.wasm' },
        rounds: { type: 'string', default: '4' },
        budgets: { type: 'string', default: BUDGETS.join(',') },
        'no-probes': { type: 'boolean' },
        patience: { type: 'string', default: '10' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error.message}\n${USAGE}`);
  }
  return {
    ...values,
    rounds: whole('rounds', values.rounds, 1),
    patience: whole('patience', values.patience, 1) * 1000,
    budgets: values.budgets.split(',').map((text) => whole('budgets', text, 1)),
  };
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function load(path) {
  try {
    return compileWhole(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be used as a module: ${error.message} (\`make wasm\` makes dist/cu.wasm)`);
  }
}

/** A case under each budget. */
async function measureCase(runner, example, { budgets, rounds }) {
  const results = [];
  for (const instructions of budgets) {
    const result = await runner.measure({ ...example, instructions }, rounds, SLOWEST / 2);
    // If one turn uses up the budget, a short time says nothing about the time per unit.
    if (result.ratio < CHEAP && instructions === budgets[0]) {
      const longer = await runner.measure({ ...example, instructions: 20 * instructions }, 1);
      result.cheap = longer.ratio < CHEAP;
    }
    results.push({ name: example.name, instructions, ...result });
    if (result.endless) break;
  }
  return results;
}

/** All probes of a value in one instance. A probe that seems slow is measured again in separate instances. */
async function measureProbes(runner, { value, statements }, { rounds }, label) {
  const results = [];
  for (const [index, statement] of statements.entries()) {
    progress(`${label} ${index} of ${statements.length}: ${statement.name}`);
    const example = makeCase(statement);
    const [setup, instructions] = [makeCase({ name: value, text: `${value} LIST HASH` }).setup, PROBE_BUDGET];
    const answer = await runner.round({ ...example, key: value, setup, instructions });
    const ratio = answer.endless ? Infinity : answer.time / answer.plain;
    const suspect = !answer.endless && !(ratio < SLOWEST / 2 && answer.stopped && answer.trouble === undefined);
    const result = suspect ? await runner.measure({ ...example, instructions }, rounds) : { ...answer, ratio };
    results.push({ name: example.name, instructions, ...result });
  }
  return results;
}

/** The problem of a result, other than its time. */
function problem({ setupError, trouble, stopped, endless, uneven, error }) {
  if (setupError !== undefined) return `the setup fails: ${setupError}`;
  if (trouble !== undefined) return `the instance is not fit for use: ${trouble}`;
  if (uneven !== undefined) return `counts differ: ${uneven.join(' and ')}`;
  if (!endless && !stopped) return `it ended: ${error ?? 'without an error'}`;
  return undefined;
}

function describe({ name, instructions, ratio, time, used, endless, patience }) {
  const times = endless ? `> ${Math.floor(patience / 1000)} s` : `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
  return `${times.padStart(10)}  ${String(instructions).padStart(9)}  ${(endless ? '' : time.toFixed(2)).padStart(9)}  ${String(used ?? '').padStart(10)}  ${name}`;
}

function print(title, results) {
  if (results.length === 0) return;
  console.log(`\n${title}\n\n${'ratio'.padStart(10)}  ${'budget'.padStart(9)}  ${'ms'.padStart(9)}  ${'used'.padStart(10)}  case`);
  for (const result of results) console.log(describe(result));
}

async function main() {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const wanted = (name) => name.includes(options.filter);
  const module = load(options.module);
  const missing = await gaps(module);
  const runner = new Runner(module, options.patience);
  const results = [];
  try {
    const cases = CASES.filter(({ name }) => wanted(name));
    for (const [index, example] of cases.entries()) {
      progress(`[${index + 1}/${cases.length}] ${example.name}`);
      results.push(...await measureCase(runner, example, options));
    }
    const groups = options['no-probes'] ? [] : probes(await livingFunctions(module), wanted);
    for (const [index, group] of groups.entries()) {
      results.push(...await measureProbes(runner, group, options, `[value ${index + 1}/${groups.length}]`));
    }
  } finally {
    await runner.close();
    progress('');
  }
  if (results.length === 0) throw new UsageError(`no case has '${options.filter}' in its name`);
  for (const result of results) result.patience = options.patience;
  const sorted = results.filter(({ ratio }) => !Number.isNaN(ratio)).sort((a, b) => b.ratio - a.ratio);
  const slow = sorted.filter(({ ratio }) => ratio > SLOWEST);
  const troubles = [
    ...missing,
    ...results.flatMap((result) => {
      const found = problem(result);
      return found === undefined ? [] : [`${result.name}, budget ${result.instructions}: ${found}`];
    }),
  ];
  if (options.all) print('Time beside a plain loop under the same budget', sorted);
  else print(`More than ${SLOWEST} times as long as a plain loop under the same budget`, slow);
  if (!options.all) print(`Overcharged: less than ${CHEAP} of a plain loop (a hint)`, sorted.filter(({ cheap }) => cheap).reverse());
  if (troubles.length > 0) console.log(`\n${troubles.map((line) => `FAULT: ${line}`).join('\n')}`);
  console.log(`\n${results.length} measurements, ${slow.length} slower than ${SLOWEST}x, ${troubles.length} faults`);
  return slow.length + troubles.length === 0 ? 0 : 1;
}

main().then((code) => {
  process.exitCode = code;
}, (error) => {
  console.error(error instanceof UsageError ? error.message : error.stack);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
