// The fuzz target that finds slow programs: random programs that run for ever, under a budget.
//
// A program is a finding if it takes ten times as long as a plain loop under the same budget in every repetition, does not
// end, counts differently in a second run, or leaves an instance that is not usable. Each candidate is measured again in
// fresh instances.

import { setTimeout } from 'node:timers/promises';

import { livingFunctions } from '../../bench/calibrate/complete.mjs';
import { program, write } from './grammar.mjs';
import { minimise } from './minimise.mjs';
import { generator } from './random.mjs';
import { Runner, SLOWEST, compileWhole } from './runner.mjs';

const BUDGETS = [1_000_000, 1_000_000, 1_000_000, 100_000, 1_000];
const ROUNDS = 4;
/** Milliseconds before a finding is measured once more. */
const PAUSE = 500;

const request = (candidate, instructions) => ({ setup: [], code: write(candidate), instructions });

/** The fault in a measurement; undefined if there is none. */
export function fault({ ratio, endless, trouble, setupError, uneven }) {
  if (endless) return 'it does not end';
  if (trouble !== undefined || setupError !== undefined) return `the instance is not fit for use: ${trouble ?? setupError}`;
  if (uneven !== undefined) return `counts differ: ${uneven.join(' and ')}`;
  if (ratio > SLOWEST) return `${ratio.toFixed(1)} times as long as a plain loop`;
  return undefined;
}

/** The kind of a fault: a smaller program must have the same kind. */
const kind = (text) => text?.replace(/[\d.]+/g, '').slice(0, 24);

/**
 * Runs programs made from seeds, from `first` on, while `more(cases)`; `found` is called with each finding.
 * Answers the numbers of cases, of those that ran until they were stopped, and of findings.
 */
export async function search({ path, first, more, found, progress = () => {}, patience = 8_000 }) {
  const module = compileWhole(path);
  const functions = await livingFunctions(module);
  const runner = new Runner(module, patience);
  let [cases, stopped, findings] = [0, 0, 0];
  try {
    for (let seed = first; more(cases); seed = seed + 1 | 0, cases += 1) {
      // Consecutive seeds give similar first numbers.
      const random = generator(Math.imul(seed, 0x9e3779b1));
      const candidate = program(random, functions);
      const instructions = BUDGETS[random(BUDGETS.length)];
      progress(cases, findings);
      const answer = await runner.measure(request(candidate, instructions), 1);
      if (answer.stopped) stopped += 1;
      // Some programs that are not slow run a second time, too: they must count the same.
      const suspicion = fault(answer);
      if (suspicion === undefined && random(10) > 0) continue;
      const [rounds, enough] = suspicion === undefined ? [1, 0] : [ROUNDS, SLOWEST];
      const result = answer.endless ? answer : await runner.measure(request(candidate, instructions), rounds, enough);
      if (result.used !== undefined && result.used !== answer.used) result.uneven ??= [answer.used, result.used];
      const trouble = fault(result);
      if (trouble === undefined) continue;
      // Other work of the machine can last longer than a few rounds.
      if (result.ratio > SLOWEST && !result.endless) {
        await setTimeout(PAUSE);
        if (fault(await runner.measure(request(candidate, instructions), 4 * ROUNDS, SLOWEST)) === undefined) continue;
      }
      findings += 1;
      const still = async (smaller) => kind(fault(await runner.measure(request(smaller, instructions), 2))) === kind(trouble);
      const least = await minimise(candidate, still, answer.endless ? 12 : 40);
      found({ seed, instructions, trouble, script: `--- found: ${trouble}\n-- seed ${seed}, budget ${instructions}\n${write(least)}` });
    }
  } finally {
    await runner.close();
  }
  return { cases, stopped, findings };
}
