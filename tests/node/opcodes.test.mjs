// Every instruction of Lua in the module's interpreter, on every path. The scripts of tests/lua/opcodes print the same as in
// native Lua, external tables behave as plain ones, a collection at any allocation changes nothing, and the work equals the
// recorded counts.
//
// `node tests/node/opcodes.test.mjs --record` records the counts anew, after a change that is meant to change them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cu } from '../../host-js/index.js';
import { Raw, compile } from './raw.mjs';
import { NATIVE, cuAnswer, nativeAnswers, snippets } from './snippets.mjs';

const FOLDER = new URL('../lua/opcodes/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.lua')).sort();
const COUNTS = new URL('costs/counts.json', FOLDER);
const url = (file) => new URL(file, FOLDER);
const module = compile('dist/cu.wasm');

/** Code that makes the tables of external.lua, by their kind; it runs before a snippet. */
const MAKERS = {
  'plain tables': '',
  'external tables': `local ext, pairs = ext, pairs
    function new(t) local e = ext.table() for k, v in pairs(t or {}) do e[k] = v end return e end`,
  'promoted tables': `local home, n = _home, 0
    function new(t) t = t or {} n = n + 1 home["t" .. n] = t return t end`,
};

/** Every snippet with each maker that fits it: `{ file, name, chunk, maker }`. */
function everySnippet() {
  return FILES.flatMap((file) => snippets(url(file)).flatMap(({ name, chunk }) => {
    const makers = file === 'external.lua' ? Object.keys(MAKERS) : ['plain tables'];
    return makers.map((maker) => ({ file, name, chunk, maker }));
  }));
}

/**
 * Whether a snippet always counts the same. Two things vary: the work of a collection depends on all live objects, and
 * the place of a key that is an object depends on its address.
 */
const counts = ({ name, chunk }) => !/collectgarbage|__gc|__mode/.test(chunk) && !name.startsWith('random reads and writes of every kind');
const title = ({ file, name, maker }) => `${file}: ${name}${maker === 'plain tables' ? '' : ` (${maker})`}`;
const answer = (snippet) => cuAnswer(module, snippet.chunk, { before: MAKERS[snippet.maker], config: { bytecode: true } });

/** The first of the lines that differ: a transcript is long. */
function firstDifference(found, wanted) {
  const [ours, theirs] = [found, wanted].map(({ output, result, status }) => `${output}\n${status}: ${result}`.split('\n'));
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  return { line: at + 1, module: ours[at], native: theirs[at] };
}

/** The instructions that each script of counts.json uses. */
async function measure({ before, scripts }) {
  let used;
  const onEvent = (event) => {
    used = event.instructions;
  };
  const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
  const setup = readFileSync(url('costs/setup.lua'), 'utf8');
  return Object.fromEntries(Object.keys(scripts).map((code) => {
    cu.compute(setup);
    try {
      cu.compute(before + code);
    } catch (error) {
      // Some scripts return a value without an encoding; by then all their work is counted.
      if (error.errorClass !== 'result') throw new Error(code, { cause: error });
    }
    return [code, used];
  }));
}

/**
 * Runs a script once for each of its allocations and refuses that one, so that a collection runs there. Answers how
 * many there were, and how often the script failed: Lua does not retry when a stack must grow, so that is an error.
 */
function collectEverywhere(chunk) {
  const raw = new Raw(compiledFaults());
  assert.equal(raw.init(), 0);
  const undisturbed = raw.run(chunk);
  assert.equal(undisturbed.error, undefined);
  const run = (config) => {
    raw.configure(config);
    const found = raw.run(chunk);
    raw.configure(null);
    return found;
  };
  // Searches for the first number beyond the script's allocations: from there on, no allocation fails.
  let [least, most] = [1, 5_000];
  while (least < most) {
    const middle = (least + most) >> 1;
    if (run({ fail_allocation: middle, fail_count: 0 }).error === undefined) most = middle;
    else least = middle + 1;
  }
  let refused = 0;
  for (let at = 1; at < least; at += 1) {
    const found = run({ fail_allocation: at, fail_count: 1 });
    if (/not enough memory/.test(found.error ?? found.output)) refused += 1;
    else assert.deepEqual(found, undisturbed, `allocation ${at}`);
  }
  return { allocations: least - 1, refused };
}

let faults;
const compiledFaults = () => (faults ??= compile('target/cu-faults.wasm'));

async function record() {
  const counted = JSON.parse(readFileSync(COUNTS, 'utf8'));
  counted.scripts = await measure(counted);
  counted.snippets = {};
  for (const snippet of everySnippet().filter(counts)) counted.snippets[title(snippet)] = (await answer(snippet)).used;
  writeFileSync(COUNTS, `${JSON.stringify(counted, null, 1)}\n`);
}

function tests() {
  const recorded = JSON.parse(readFileSync(COUNTS, 'utf8'));
  const all = everySnippet();

  for (const file of FILES) {
    const native = nativeAnswers(url(file));
    for (const snippet of all.filter((each) => each.file === file)) {
      test(`as in native Lua: ${title(snippet)}`, async () => {
        const { used, ...found } = await answer(snippet);
        const wanted = native.get(snippet.name);
        assert.equal(wanted.status, 'ok', wanted.result);
        assert.ok(wanted.output.length > 0 && wanted.output.length < 64_000, `${wanted.output.length} bytes are printed`);
        assert.doesNotMatch(wanted.output, /WRONG|LOST|OTHER REGISTERS/);
        if (found.output !== wanted.output || found.result !== wanted.result) assert.fail(JSON.stringify(firstDifference(found, wanted), null, 2));
        if (counts(snippet)) assert.equal(used, recorded.snippets[title(snippet)], 'instructions counted');
      });
    }
  }

  for (const { name, chunk } of snippets(url('allocations.lua'))) {
    test(`a collection at any allocation changes nothing: ${name}`, (t) => {
      const { allocations, refused } = collectEverywhere(chunk);
      t.diagnostic(`${allocations} allocations, ${refused} refused`);
      assert.ok(allocations > 50 && refused <= 5, `${refused} of ${allocations} allocations`);
    });
  }

  test('the scripts run every instruction', () => {
    // The file with few, necessary snippets comes first, so that the search ends early.
    const files = ['bytecode.lua', ...FILES.filter((file) => file !== 'bytecode.lua').reverse()].map((file) => fileURLToPath(url(file)));
    const list = fileURLToPath(new URL('../native/opcodes.lua', import.meta.url));
    const lines = execFileSync(NATIVE, [list, ...files], { encoding: 'utf8' }).trimEnd().split('\n');
    const names = readFileSync(new URL('../../src/bytecode/opcode.rs', import.meta.url), 'utf8').matchAll(/^    ([A-Z][A-Z\d]*): .*;$/gm);
    const wanted = [...names].map(([, name]) => name).filter((name) => name !== 'EXTRAARG');
    assert.equal(wanted.length, 82);
    assert.deepEqual(lines.map((line) => line.split(' ', 1)[0]), wanted);
  });

  test('work counts as recorded', async () => {
    assert.ok(Object.keys(recorded.scripts).length > 700);
    assert.deepEqual(await measure(recorded), recorded.scripts);
  });

  test('a script ends with as much as is recorded, and not with less', async () => {
    const cu = await Cu.create({ module });
    const setup = readFileSync(url('costs/setup.lua'), 'utf8');
    for (const [code, used] of Object.entries(recorded.scripts)) {
      for (const instructions of [used, used - 1]) {
        cu.compute(setup);
        let failure;
        try {
          cu.compute(recorded.before + code, { instructions });
        } catch (error) {
          failure = error.errorClass;
        }
        assert.equal(failure === 'budget', instructions < used, `${instructions} of ${used}: ${code}`);
      }
    }
  });
}

if (process.argv.includes('--record')) await record();
else tests();
