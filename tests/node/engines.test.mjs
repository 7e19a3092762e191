// The matrix of engines: docs/engines.md is what its record says, and says of each engine what was found, whatever that was.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { fill, readDocument, tableOf } from '../engines/document.mjs';
import { linesOfCode } from '../engines/hosts.mjs';
import { Decoder, Encoder } from '../engines/js/shims.mjs';
import { ENGINES } from '../engines/list.mjs';
import { linesOf } from '../engines/process.mjs';
import { readRecord } from '../engines/record.mjs';
import { best, figuresOf, kitOf } from '../engines/report.mjs';

const ENGINES_COMMAND = fileURLToPath(new URL('../engines/engines.mjs', import.meta.url));
const program = (code) => [process.execPath, '--eval', code];

test('the page is what the record says', () => {
  const page = readDocument();
  assert.equal(page, fill(page, readRecord()), 'node tests/engines/engines.mjs --write writes it');
});

test('at least 16 engines are recorded that pass the whole kit with equal bytes and counts', () => {
  const { engines } = readRecord();
  const here = Object.entries(engines).filter(([, { reason }]) => reason === undefined);
  assert.ok(here.length >= 16, `${here.length} engines`);
  const [[, { kit: first }]] = here;
  for (const [name, { kit, problem }] of here) {
    assert.equal(problem, undefined, name);
    assert.deepEqual(kit, first, name);
    assert.equal(kit.failed, 0, name);
  }
});

test('each engine of the list is recorded, and no other', () => {
  assert.deepEqual(Object.keys(readRecord().engines), Object.keys(ENGINES));
});

test('a report of the kit is read, with its first failure', () => {
  const lines = ['values 1 of 2', '  values.txt:12: numbers', '    wanted', '      results 00', 'observed 0123456789abcdef fedcba9876543210', '1 passed, 1 failed'];
  assert.deepEqual(kitOf(lines), { passed: 1, failed: 1, bytes: '0123456789abcdef', counts: 'fedcba9876543210', problem: 'values.txt:12: numbers' });
  assert.throws(() => kitOf(['values 1 of 2', 'it broke']), /reports nothing; its last line: it broke/);
});

test('the best of several runs counts, and the middle one of memory', () => {
  const runs = [['call 2 us', 'memory 30 bytes', 'fib_calls 7.5 us 2178309'], ['call 1.5 us', 'memory -10 bytes', 'fib_calls 8 us 2178309'], ['call 3 us', 'memory 20 bytes', 'not a figure']];
  assert.deepEqual(best(runs.map(figuresOf)), { call: 1.5, memory: 20, fib_calls: 7.5 });
  assert.equal(figuresOf(runs[0]).fib_calls.answer, '2178309');
});

const measured = {
  title: 'One', version: '1', host: 'host-js', kit: { passed: 2, failed: 0, bytes: '11', counts: '22' },
  figures: { from_module: 30, return_1: 1, call: 2, memory: 2048, fib_calls: 120_000, json_encode: 10 }, native: { fib_calls: 60_000, json_encode: 20 },
};

test('the table has ratios as they are, and times as of the machine of reference', () => {
  const [, , row] = tableOf({ engines: { one: measured }, hosts: { 'host-js': { title: 'JavaScript', lines: 5000, core: 1234 } } }).split('\n');
  assert.equal(row, '| One | 1 | JavaScript, 1,234 | 2 of 2 | equal | equal | - | 60 | 2.00 | 4.00 | 2 | 2.00 | 0.50 | - | - |');
});

test('an engine that found something else, one that failed, and one that cannot be had are told', () => {
  const engines = {
    one: measured,
    other: { ...measured, title: 'Other', kit: { passed: 2, failed: 0, bytes: '33', counts: '22' } },
    failing: { ...measured, title: 'Failing', kit: { passed: 1, failed: 1, bytes: '44', counts: '55', problem: 'values.txt:12: numbers' } },
    broken: { title: 'Broken', version: '2', host: 'host-js', problem: 'it ended with exit code 1' },
    absent: { title: 'Absent', host: 'host-js', reason: 'npm install absent: no network' },
  };
  const text = tableOf({ engines, hosts: {} });
  assert.match(text, /\| Other \| 1 \| host-js \| 2 of 2 \| `33` \| equal \|/);
  assert.match(text, /\| Failing \| 1 \| host-js \| 1 of 2 \| `44` \| `55` \|/);
  assert.match(text, /- Failing: values\.txt:12: numbers\n- Broken: it ended with exit code 1\n/);
  assert.match(text, /\n\n- Absent: npm install absent: no network$/);
  assert.equal(/\| Absent/.test(text), false);
});

test('a program of an engine that ends with an error is one, with what it said', async () => {
  await assert.rejects(linesOf(program("console.error('no module'); process.exit(3)")), /ended with exit code 3: no module/);
  await assert.rejects(linesOf(['/nowhere/engine']), /ENOENT/);
  assert.deepEqual(await linesOf(program("console.log('0 passed, 1 failed'); process.exit(1)"), { isChecked: false }), ['0 passed, 1 failed']);
});

test('the memory of a program that waits for it is measured, with the processes that it started', { skip: process.platform !== 'linux' }, async () => {
  const child = 'const kept = []; process.stdin.on("data", () => { kept.push(Buffer.alloc(40_000_000, 1)); process.stdout.write("done\\n"); });';
  const code = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['--eval', ${JSON.stringify(child)}], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pause = () => new Promise((resolve) => { setTimeout(resolve, 500); });
    (async () => {
      await pause();
      console.log('resident 0');
      await pause();
      child.stdin.write('more\\n');
      await new Promise((resolve) => { child.stdout.once('data', resolve); });
      console.log('resident 10');
      await pause();
      child.kill();
    })();`;
  const { memory: { value } } = figuresOf(await linesOf(program(code)));
  assert.ok(value > 3_500_000 && value < 5_500_000, `${value} bytes each, of 4,000,000`);
});

test('lines of code are neither empty nor comment alone', () => {
  const slashes = { line: '//', block: ['/*', '*/'] };
  assert.equal(linesOfCode('/** a\n * b\n */\nlet a; // c\n\n// d\n/* e */\nlet b;\n', slashes), 2);
  assert.equal(linesOfCode('"""a\n\nb"""\nx = 1  # c\n# d\n"""e"""\n', { line: '#', block: ['"""', '"""'] }), 1);
});

test('the shells read and write UTF-8 as the encoders of a platform do', (t) => {
  let seed = Number(process.env.CU_SEED ?? Date.now() % 100_000);
  t.diagnostic(`CU_SEED=${seed}`);
  const random = (limit) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(seed / 2 ** 31 * limit);
  };
  const PIECES = [[0x41], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90], [0xe0, 0x80], [0xc0], [0xff], [0x80], [0xef, 0xbb, 0xbf]];
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = Uint8Array.from(Array.from({ length: random(6) }, () => {
      const piece = PIECES[random(PIECES.length)];
      return random(4) === 0 ? [...piece.slice(0, random(piece.length + 1)), random(256)] : piece;
    }).flat());
    const [lossy, strict] = [{ ignoreBOM: true }, { ignoreBOM: true, fatal: true }];
    assert.equal(new Decoder('utf-8', lossy).decode(bytes), new TextDecoder('utf-8', lossy).decode(bytes), `${bytes}`);
    assert.equal(decoded(new Decoder('utf-8', strict), bytes), decoded(new TextDecoder('utf-8', strict), bytes), `${bytes}`);
  }
  for (const text of ['', 'a\u00e9\u20ac\u{1f600}', '\ud800', 'x\udc00y', '\ud83d\ud83d\ude00']) {
    assert.deepEqual(new Encoder().encode(text), new TextEncoder().encode(text), JSON.stringify(text));
  }
});

function decoded(decoder, bytes) {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    return error.name;
  }
}

test('the command says what there is', () => {
  assert.deepEqual(execFileSync(process.execPath, [ENGINES_COMMAND, '--list'], { encoding: 'utf8' }).trim().split('\n'), Object.keys(ENGINES));
  assert.match(execFileSync(process.execPath, [ENGINES_COMMAND, '--help'], { encoding: 'utf8' }), /--only NAMES/);
  const { status, stderr } = spawnSync(process.execPath, [ENGINES_COMMAND, '--only', 'node20,node21'], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /no such engine: node21; there are: node20, node22/);
});

test('npm packages of the list are pinned', () => {
  const pinned = ['bench', 'package'].map((name) => JSON.parse(readFileSync(new URL(`../${name}/package.json`, import.meta.url), 'utf8')).optionalDependencies);
  for (const name of ['node20', 'node22', 'node24', 'node26', 'deno', 'bun', 'workerd']) {
    assert.ok(pinned.some((dependencies) => dependencies[`${name}-linux-x64`] !== undefined), name);
  }
});
