// The tools that search for slow programs under a budget: they find known ones, and a short search finds no others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaps } from '../bench/calibrate/complete.mjs';
import { compile } from './raw.mjs';
import { generator } from './slow/random.mjs';
import { program, write } from './slow/grammar.mjs';
import { minimise } from './slow/minimise.mjs';
import { Runner, SLOWEST } from './slow/runner.mjs';
import { fault, search } from './slow/target.mjs';

const module = compile('dist/cu.wasm');

/** Programs of the short search: `make fuzz` starts with other seeds each time. */
const [SEED, CASES] = [20_000, 300];

async function measured(code, { patience = 5_000, clock = 0, ...more } = {}) {
  const runner = new Runner(module, patience, clock);
  try {
    return await runner.measure({ setup: [], code, instructions: 100_000, ...more }, 2);
  } finally {
    await runner.close();
  }
}

test('a plain loop is no finding', async () => {
  const result = await measured('while true do end');
  assert.equal(fault(result), undefined);
  assert.ok(result.stopped && result.ratio > 0 && result.used > 100_000, JSON.stringify(result));
});

test('what takes longer than it counts is one', async () => {
  const result = await measured('while true do os.clock() end', { clock: 0.1 });
  assert.ok(result.ratio > SLOWEST && result.stopped, JSON.stringify(result));
  assert.match(fault(result), /times as long/);
});

test('what does not end is one, and the runner goes on', async () => {
  const runner = new Runner(module, 1_000, 1_000_000);
  try {
    const request = { setup: [], instructions: 10_000 };
    assert.equal(fault(await runner.measure({ ...request, code: 'while true do os.clock() end' })), 'it does not end');
    assert.equal(fault(await runner.measure({ ...request, code: 'while true do end' })), undefined);
  } finally {
    await runner.close();
  }
});

test('a setup counts nothing', async () => {
  const result = await measured('while true do n = n + 1 end', { setup: ['n = 0 for i = 1, 1000000 do n = n + i end'] });
  assert.ok(result.stopped && result.used < 200_000 && result.ratio < SLOWEST, JSON.stringify(result));
});

test('a finding is made smaller until nothing can go', async () => {
  const [bad, other] = ['local a = 4000', 'local b = 1'];
  const still = async ({ definitions }) => definitions.some((text) => /a = (\d+)/.test(text) && Number(/\d+/.exec(text)[0]) >= 300);
  const least = await minimise({ definitions: [other, bad], statements: ['f()', 'g()'] }, still);
  assert.deepEqual(least, { definitions: ['local a = 1000'], statements: ['f()'] });
});

test('a seed makes the same program again, and others make others', () => {
  const make = (seed) => write(program(generator(seed * 65_537), ['string.rep', 'bigint.new']));
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  assert.deepEqual(seeds.map(make), seeds.map(make));
  assert.ok(new Set(seeds.map(make)).size > 90);
});

test('the calibration leaves out no function and no instruction', async () => {
  assert.deepEqual(await gaps(module), []);
});

test(`${CASES} random programs: none is slow`, async () => {
  const findings = [];
  const { cases, stopped } = await search({ path: 'dist/cu.wasm', first: SEED, more: (done) => done < CASES, found: ({ script }) => findings.push(script) });
  assert.equal(cases, CASES);
  assert.ok(stopped > CASES / 2, `${stopped} of ${cases} ran until they were stopped`);
  assert.deepEqual(findings, [], findings.join('\n'));
});
