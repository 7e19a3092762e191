// Random programs with calls of the host (waits_model.mjs) give the same in native Lua, in an instance whose functions answer at once, and in one
// in which many programs wait at the same time, for answers in random order.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed. Alone, a program is run by CU_ROUNDS=1.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';
import { HALTS_IN_LUA, WAITS_IN_LUA } from './waits_functions.mjs';
import { Program } from './waits_model.mjs';
import { atOnce, HALTED, Later, Many, native } from './waits_ways.mjs';

const module = compile('dist/cu.wasm');
/** The same each time, so that a commit that passed does not fail later; `make fuzz` takes others. */
const FIRST = Number(process.env.CU_SEED ?? 1);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 800);

/** So many programs have room to wait at the same time. */
const AT_ONCE = 8;

/** Programs of one process of native Lua. */
const BATCH = 200;

/** What a program says when the instance had no room for it. */
const NO_ROOM = /not enough memory|bytes of memory are in use/;

const title = (what, rounds = ROUNDS) => `${what} (CU_SEED=${FIRST}, ${rounds} rounds)`;

/** Programs of seeds from the first on, in batches. */
function* batches(rounds, options) {
  for (let at = 0; at < rounds; at += BATCH) {
    yield Array.from({ length: Math.min(BATCH, rounds - at) }, (_, place) => new Program(FIRST + at + place, options));
  }
}

/** A call that cannot be waited for may be in the place of a tail call: native Lua has another line. */
const withoutLine = (output) => output.replace(/compute:\d+: (host\.\S+ cannot be waited for)/g, '$1');

function same(found, wanted, program, way) {
  if (withoutLine(found) === withoutLine(wanted)) return;
  const [lines, others] = [found.split('\n'), wanted.split('\n')];
  const at = lines.findIndex((line, place) => withoutLine(line) !== withoutLine(others[place] ?? ''));
  assert.equal(lines.slice(Math.max(0, at - 2), at + 2).join('\n'), others.slice(Math.max(0, at - 2), at + 2).join('\n'), `CU_SEED=${program.seed} CU_ROUNDS=1, ${way}, from line ${at - 1}`);
  assert.fail(`CU_SEED=${program.seed} CU_ROUNDS=1, ${way}`);
}

const run = async (programs, options, most = AT_ONCE) => (await Many.create({ module, ...options })).all(programs, { most });

test(title('programs give the same at once, and in every order of answers, for the same instructions'), async () => {
  for (const programs of batches(ROUNDS)) {
    const [wanted, waiting] = [await native(programs), await native(programs, { before: () => WAITS_IN_LUA })];
    const random = randomBelow(programs[0].seed);
    const sync = await atOnce({ module, programs });
    const later = await run(programs, { random });
    const alone = await run(programs, { random }, 1 + random(3));
    programs.forEach((program, at) => {
      same(sync[at].output, wanted[at], program, 'at once');
      same(later[at].output, waiting[at], program, 'later');
      same(alone[at].output, waiting[at], program, 'later, a few together');
      if (!program.source.includes('collectgarbage')) assert.equal(later[at].used, alone[at].used, `CU_SEED=${program.seed} CU_ROUNDS=1, instructions`);
    });
  }
});

test(title('some functions answer at once, some later, some this way and that way', Math.ceil(ROUNDS / 2)), async () => {
  for (const all of batches(Math.ceil(ROUNDS / 2))) {
    const [wanted, waiting] = [await native(all), await native(all, { before: () => WAITS_IN_LUA })];
    // Others would go on in another way by what answers at once.
    const equal = all.filter((_, at) => wanted[at] === waiting[at]);
    assert.ok(equal.length >= Math.floor(all.length / 3), `CU_SEED=${all[0].seed}: ${equal.length} of ${all.length} programs`);
    const random = randomBelow(all[0].seed);
    const decide = () => ['now', 'later', 'either'][random(3)];
    const mixed = await run(equal, { random, decide });
    equal.forEach((program, at) => same(mixed[at].output, wanted[all.indexOf(program)], program, 'mixed'));
  }
});

test(title('hundreds wait at the same time'), async () => {
  for (const programs of batches(ROUNDS, { isSmall: true })) {
    const waiting = await native(programs, { before: () => WAITS_IN_LUA });
    const later = await run(programs, { random: randomBelow(programs[0].seed), config: { pending_memory: 2 ** 21 } }, BATCH);
    const crowded = programs.filter((program, at) => {
      if (NO_ROOM.test(later[at].output)) return true;
      same(later[at].output, waiting[at], program, 'hundreds');
      return false;
    });
    assert.ok(crowded.length <= programs.length / 10 + 1, `CU_SEED=${programs[0].seed}: ${crowded.length} of ${programs.length} programs had no room`);
  }
});

test(title('with little memory programs give the same or run out of it, and none ends the instance', Math.ceil(ROUNDS / 4)), async () => {
  let [equal, all] = [0, 0];
  for (const programs of batches(Math.ceil(ROUNDS / 4))) {
    const waiting = await native(programs, { before: () => WAITS_IN_LUA });
    for (const memory of [150_000, 250_000]) {
      const later = await run(programs, { random: randomBelow(programs[0].seed), config: { memory, pending_memory: memory } }, 3);
      // A program may go on without what it had no room for, and say nothing of it.
      equal += programs.filter((_, at) => withoutLine(later[at].output) === withoutLine(waiting[at])).length;
      all += programs.length;
    }
  }
  // How many there is room for depends on the programs.
  assert.ok(equal >= all / 5 - 1, `${equal} of ${all} programs are the same`);
});

test(title('stored functions wait, with variables that they capture, in one instance and then in another', Math.ceil(ROUNDS / 2)), async () => {
  for (const programs of batches(Math.ceil(ROUNDS / 2), { shared: ['c1', 'c2', 'c3'] })) {
    const twice = `local program = program() ended(pcall(program, 1, "two", nil)) ended(pcall(program, 2, "three"))`;
    const waiting = await native(programs, { before: () => WAITS_IN_LUA, around: twice, source: (program) => `${program.storedAt('local stored')} return stored` });
    const store = new MemoryStore();
    const seen = [];
    for (const args of [[1, 'two', null], [2, 'three']]) {
      const many = await Many.create({ module, store, random: randomBelow(programs[0].seed) });
      if (seen.length === 0) for (const program of programs) many.cu.compute(program.storedAt(`_home.${program.id}`));
      seen.push(await many.all(programs, { most: AT_ONCE, start: ({ id }) => (cu) => cu.runCall(`_home.${id}`, args) }));
    }
    programs.forEach((program, at) => same(seen[0][at].output + seen[1][at].output, waiting[at], program, 'stored'));
  }
});

test(title('a cancelled program closes its variables as a coroutine does, and leaves nothing'), async () => {
  const many = await Many.create({ module, later: new Canceller(randomBelow(FIRST)) });
  const { cu, later } = many;
  const used = () => {
    cu.compute('collectgarbage() collectgarbage()');
    return cu.memoryStats().luaMemoryUsed;
  };
  let before;
  for (const programs of batches(ROUNDS, { coroutines: false, across: false })) {
    const random = randomBelow(programs[0].seed);
    for (const program of programs) program.halt = 1 + random(12);
    const wanted = await native(programs, { before: ({ halt }) => HALTS_IN_LUA(halt), around: 'run_until_halt(program, ended)' });
    const seen = await many.all(programs, { most: AT_ONCE, start: (program) => later.starts(program) });
    programs.forEach((program, at) => same(seen[at].output, wanted[at], program, `cancelled at call ${program.halt}`));
    assert.ok(seen.filter(({ output }) => output.includes('=| halted')).length > programs.length / 4 - 1, `CU_SEED=${programs[0].seed}: few were cancelled`);
    many.seen.clear();
    before ??= used();
    assert.ok(used() <= before + 1024, `CU_SEED=${programs[0].seed}: ${used()} bytes are in use; they were ${before} after the first programs`);
    many.start('one', () => cu.run('return host.add(1, 2)', { pending: 1 }));
    await many.finish();
    assert.equal(many.seen.get('one').output, '=> 3\n', `CU_SEED=${programs[0].seed}: one more may wait`);
  }
});

/** Aborts each program at a call of its. */
class Canceller extends Later {
  constructor(random) {
    super(random);
    this.programs = new Map();
  }

  starts(program) {
    const controller = new AbortController();
    this.programs.set(program.id, { controller, left: program.halt });
    return (cu) => cu.run(program.source, { signal: controller.signal });
  }

  gate() {
    const program = this.programs.get(this.owner);
    const { owner } = this;
    return new Promise((resolve) => {
      const isLast = program !== undefined && (program.left -= 1) === 0;
      this.waiting.push({ owner, resolve: isLast ? () => program.controller.abort(HALTED) : resolve });
    });
  }
}
