// Random programs about objects (objects_programs.mjs) print the same in native Lua, in one instance, over restarts, and in three instances
// over one store that take turns, with collections of the store in between.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed. Alone, a program is run by CU_ROUNDS=1.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow } from '../../host-js/test/random.js';
import { Group } from './instances.mjs';
import { native, printed } from './native_programs.mjs';
import { Program } from './objects_programs.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const FIRST = Number(process.env.CU_SEED ?? 1);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 1000);

/** Programs of one process of native Lua. */
const BATCH = 250;

/** What three instances print that take turns over one store. */
function printedInTurns(program, random) {
  const group = new Group(module);
  const all = [group.start(), group.start(), group.start()];
  let text = '';
  for (const source of program.computes) {
    if (random(3) === 0) group.collect(all[random(3)]);
    const { error, output } = group.turn(all[random(3)]).run(source);
    assert.equal(error, undefined);
    text += output;
  }
  return text;
}

test(`objects are as in plain Lua, over restarts, too (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
  for (let at = 0; at < ROUNDS; at += BATCH) {
    const programs = Array.from({ length: Math.min(BATCH, ROUNDS - at) }, (_, place) => new Program(FIRST + at + place));
    const wanted = native(programs);
    for (const [place, program] of programs.entries()) {
      const random = randomBelow(program.seed);
      const ways = {
        'one instance': () => printed(program, () => false),
        restarts: () => printed(program, () => random(2) === 0),
        turns: () => wanted[place].includes('failed\t') ? wanted[place] : printedInTurns(program, random),
      };
      for (const [way, run] of Object.entries(ways)) {
        const found = await run();
        if (found === wanted[place]) continue;
        const [lines, others] = [found.split('\n'), wanted[place].split('\n')];
        const line = lines.findIndex((text, number) => text !== others[number]);
        const near = (list) => list.slice(Math.max(0, line - 2), line + 2).join('\n');
        assert.equal(near(lines), near(others), `CU_SEED=${program.seed} CU_ROUNDS=1, ${way}, line ${line}`);
      }
    }
  }
});
