// The record of the benchmarks and its uses: docs/performance.md and its charts, the targets, and the search for figures
// that are worse than recorded.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answer } from '../bench/answer.mjs';
import { callsTable, pendingLine } from '../bench/calls.mjs';
import { charts } from '../bench/charts.mjs';
import { fill } from '../bench/document.mjs';
import { fileSizes, sizesOf } from '../bench/file_size.mjs';
import { judge } from '../bench/measure.mjs';
import { UsageError, choose, wholeNumber } from '../bench/options.mjs';
import { format, readRecord } from '../bench/record.mjs';
import { larger, leastOf, recordedNode, slower } from '../bench/regressions.mjs';
import { figures, geometricMean, means, median, ratios } from '../bench/statistics.mjs';
import { bar, label, picture } from '../bench/svg.mjs';
import { judgeTargets } from '../bench/targets.mjs';
import { documents } from '../bench/write.mjs';

const record = readRecord();

for (const { url, text } of documents(record)) {
  const path = fileURLToPath(url);
  test(`${path.slice(path.indexOf('docs'))} is what the record gives`, () => {
    assert.equal(readFileSync(url, 'utf8'), text, '`node tests/bench/write.mjs` writes it');
  });
}

test('the module is no more than 2 % larger than recorded', () => {
  const hint = 'after `make wasm`: `node tests/bench/write.mjs --sizes` records a size that has a reason';
  assert.deepEqual(larger(fileSizes('cu'), record.sizes.cu), [], hint);
});

test('a file counts as larger in each way in which it is, beyond the tolerance', () => {
  const before = { raw: 1000, gzip: 500, brotli: 400 };
  assert.deepEqual(larger({ raw: 1020, gzip: 400, brotli: 400 }, before), []);
  assert.deepEqual(larger({ raw: 1021, gzip: 500, brotli: 500 }, before), [
    { way: 'raw', bytes: 1021, recorded: 1000 },
    { way: 'brotli', bytes: 500, recorded: 400 },
  ]);
});

test('sizes are those of the bytes and of both compressions', () => {
  const { raw, gzip, brotli } = sizesOf(Buffer.alloc(10_000, 'ab'));
  assert.equal(raw, 10_000);
  assert.ok(gzip > 20 && gzip < 100 && brotli > 5 && brotli < gzip, `gzip ${gzip}, brotli ${brotli}`);
});

const program = (name, microseconds) => ({ name, microseconds });

test('a geometric mean is that of what every engine finished', () => {
  assert.equal(geometricMean([0.5, 2]), 1);
  const programs = [program('a', { native: 10, node: 5 }), program('b', { native: 10, node: 20 }), program('c', { native: 10 })];
  assert.deepEqual(means(programs, ['native', 'node'], 'native'), { programs: 2, ratios: { native: 1, node: 1 } });
});

test('a call that misses its target, or takes as long as what it replaces, is marked, times scaled', () => {
  const figures = { node: { source: 2, call: 1, prepared: 1, host: 0.6, wait: 7, pendingBytes: 10 * 1024 * 1024 }, wasmoon: { source: 4, prepared: 5, host: 3 }, wasmtime: { source: 2, call: 2, prepared: 0.5, host: 0.9, wait: 4 } };
  const [head, body] = callsTable(figures, 0.5);
  assert.deepEqual(head, ['microseconds', 'at most', 'Node', 'wasmoon, Node', 'at most', 'Wasmtime']);
  const cells = Object.fromEntries(body.map(([title, , ...rest]) => [title, rest]));
  assert.deepEqual(Object.values(cells), [
    ['1.00', '2.00', '-', '1.00'],
    ['0.50', '-', '0.6, less than as source', '1.00 (missed)'],
    ['0.50 (missed)', '2.50', 'less than called', '0.25'],
    ['0.30', '1.50', '0.4', '0.45 (missed)'],
    ['3.50 (missed)', '-', '3', '2.00'],
  ]);
  assert.equal(pendingLine(figures), '10,000 computes that wait at once take 10.0 MiB, in an arena of 16 MiB.');
  assert.equal(pendingLine({ wasmtime: figures.wasmtime }), '');
  assert.deepEqual(callsTable({ node: figures.node })[0], ['microseconds', 'at most', 'Node']);
});

test('a median does not sort what it is given', () => {
  const numbers = [30, 4, 100, 20];
  assert.equal(median(numbers), 30);
  assert.deepEqual(numbers, [30, 4, 100, 20]);
  assert.equal(median([10, 9, 8]), 9);
});

test('ratios come with the largest first, without what was not finished', () => {
  const programs = [program('a', { native: 10, node: 11 }), program('b', { node: 20 }), program('c', { native: 10, node: 30 })];
  assert.deepEqual(ratios(programs, 'node', 'native'), [{ name: 'c', ratio: 3 }, { name: 'a', ratio: 1.1 }]);
});

test('a run counts by its least time, and not at all when its checksum is another', () => {
  const rows = [{
    name: 'a',
    engines: judge({
      native: { runs: [3, 2, 4], checksums: new Set(['x']) },
      node: { runs: [1], checksums: new Set(['y']) },
      wasmtime: { runs: [1], checksums: new Set(['x']), error: 'dead' },
      firefox: { runs: [5, 6], checksums: new Set(['x', 'z']) },
      jsc: { runs: [7], checksums: new Set(['x']) },
    }),
  }];
  assert.deepEqual(Object.values(rows[0].engines).map(({ status }) => status), ['ok', 'wrong', 'failed', 'wrong', 'ok']);
  assert.deepEqual(figures(rows), [program('a', { native: 2, jsc: 7 })]);
});

test('what is slower than recorded is found beside native Lua, not by its time', () => {
  const recorded = [program('a', { native: 100, node24: 100 }), program('b', { native: 100, node24: 200 }), program('c', { native: 100 })];
  // The machine is half as fast, and on it `b` is 6 % slower.
  const programs = [program('a', { native: 200, node: 209 }), program('b', { native: 200, node: 424 }), program('c', { native: 1, node: 9 }), program('d', { native: 1, node: 9 })];
  assert.deepEqual(slower(programs, 'node', recorded, 'node24'), [{ name: 'b', ratio: 2.12, recorded: 2 }]);
  assert.deepEqual(slower(programs, 'node', recorded, 'node24', 1.01).map(({ name }) => name), ['b', 'a']);
  assert.deepEqual(slower([program('a', { native: 200 })], 'node', recorded, 'node24'), []);
});

test('a second look counts where it was faster', () => {
  const first = [program('a', { native: 100, node: 120 }), program('b', { native: 5, node: 6 })];
  assert.deepEqual(leastOf(first, [program('a', { native: 110, node: 115 })]), [
    program('a', { native: 100, node: 115 }),
    program('b', { native: 5, node: 6 }),
  ]);
});

test('the recorded engine is that of the same version of Node', () => {
  const engines = { native: { version: '24.0.0' }, node: { version: '20.1.0, V8 24.1' }, node24: { version: '24.2.0, V8 1' } };
  assert.equal(recordedNode(engines, '24.11.0'), 'node24');
  assert.equal(recordedNode(engines, '20.0.0'), 'node');
  assert.equal(recordedNode(engines, '2.0.0'), undefined);
});

const met = (judged) => Object.fromEntries(judged.map(({ what, met: isMet }) => [what, isMet]));
const TITLES = { native: { title: 'native' }, node: { title: 'N' }, wasmtime: { title: 'W' }, wasmoon: { title: 'M' } };

test('targets are judged for what was measured', () => {
  const programs = [program('a', { native: 100, node: 116, wasmoon: 115 }), program('b', { native: 100, node: 50, wasmoon: 60 })];
  assert.deepEqual(met(judgeTargets(programs, TITLES, {})), {
    'N: geometric mean': true, 'N: single programs': false, 'N: beside wasmoon': false,
  });
  const judged = judgeTargets(programs, TITLES, { a: 'a reason' });
  assert.equal(met(judged)['N: single programs'], true);
  assert.equal(judged[1].measured, '1: a (named) 1.16');
  assert.deepEqual(met(judgeTargets([program('a', { native: 100, wasmtime: 116 })], TITLES)), { 'W: geometric mean': false });
  assert.deepEqual(judgeTargets([program('a', { node: 100 })], TITLES), []);
});

test('a record is JSON with a line for each program, and figures of six digits', () => {
  const programs = [program('a', { native: 1234567, node: 1 / 3 }), program('b', { native: 2 })];
  const text = format({ date: 'today', programs, nothing: undefined });
  assert.deepEqual(JSON.parse(text), { date: 'today', programs: [program('a', { native: 1234567, node: 0.333333 }), programs[1]] });
  assert.equal(text.split('\n').filter((line) => line.includes('"name"')).length, 2);
});

test('only measured parts of the document are written, and every one has its place', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const other = structuredClone(record);
  other.machine.processor = 'an abacus';
  const filled = fill(page, other);
  assert.match(filled, /an abacus/);
  const outside = (text) => text.replace(/<!-- measured: \w+ -->[^]*?<!-- end -->/g, '');
  assert.equal(outside(filled), outside(page));
  assert.throws(() => fill(`${page}<!-- measured: luck -->\n<!-- end -->`, record), /nothing is measured as 'luck'/);
  assert.throws(() => fill(page.replace('<!-- measured: sizes -->', ''), record), /no place for sizes/);
});

test('a record in which an engine failed a program, or was not there, is drawn and written', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const fewer = structuredClone(record);
  for (const engine of ['unlimited', 'wasmoon']) {
    delete fewer.engines[engine];
    for (const { microseconds } of fewer.programs) delete microseconds[engine];
  }
  fewer.startup = fewer.startup.filter(({ engine }) => engine !== 'wasmoon');
  delete fewer.programs[0].microseconds.wasmtime;
  assert.match(fill(page, fewer), new RegExp(`${fewer.programs[0].name} .*failed`));
  for (const drawn of Object.values(charts(fewer))) assertWellFormed(drawn);
});

test('the parts of the module are drawn and added up where they were recorded', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  assert.match(fill(page, { ...record, parts: PARTS }), /parts\.svg\)\n\n.*\n.*\n\| Lua's C \| 20,190 \| 66\.3 % \|/);
  assert.doesNotMatch(fill(page, { ...record, parts: undefined }), /parts\.svg/);
  assert.deepEqual(Object.keys(charts({ ...record, parts: undefined })), ['means.svg', 'programs.svg', 'sizes.svg']);
});

test('tables as data are written where they were recorded', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const data = ['equality', 'range', 'scan', 'build', 'insert', 'batch'].map((what) => ({ what, microseconds: { host: 20, lua: 4 } }));
  const filled = fill(page, { ...record, calibration: { ...record.calibration, scale: 0.5 }, data });
  assert.match(filled, /by an indexed name, µs \| 10\.0 \| 2\.0 \| - \|.*\n(.*\n)\| all rows.*thousands a second \| 100 \| 500 \| - \|/);
  assert.match(fill(page, { ...record, data: undefined }), /Not recorded/);
});

test('times from JavaScript are written with their own scale, and say which targets they miss', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
  const javaScript = { date: '2026-01-02', node: '20.0.0', chromium: '100', scale: 0.5 };
  const javaScriptTimes = [
    { where: 'node', what: 'rows', milliseconds: { cuwasm: 6.5, wasmoon: 80 } },
    { where: 'chromium', what: 'rows', milliseconds: { cuwasm: 6 } },
    { where: 'chromium', what: 'one', milliseconds: { cu: 2, dexie: 4 } },
  ];
  const filled = fill(page, { ...record, javaScript, javaScriptTimes });
  assert.match(filled, /On 2026-01-02, in Node 20\.0\.0 and Chromium 100; times are multiplied by 0\.500/);
  assert.match(filled, /read in Lua, and out \| 3 \| 3\.25 \(missed\) \| 40 \| 3 \| - \| - \| - \| - \|/);
  assert.match(filled, /a change by itself, durable \| - \| - \| - \| 1 \| - \| 2 \| - \| 0\.424 \|/);
  assert.match(fill(page, { ...record, javaScript: undefined, javaScriptTimes: undefined }), /OPTIONS=--javascript/);
});

/** Every element is closed, nothing is not a number, and nothing is drawn outside. */
function assertWellFormed(text) {
  const open = [];
  for (const [, close, name, , empty] of text.matchAll(/<(\/?)(\w+)((?:\s[\w-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (close !== '') assert.equal(open.pop(), name);
    else if (empty === '') open.push(name);
  }
  assert.deepEqual(open, []);
  const rest = text.replace(/<\/?\w+(?:\s[\w-]+="[^"<]*")*\s*\/?>/g, '');
  assert.doesNotMatch(rest, /[<]|&(?!(amp|lt|gt|quot);)/);
  assert.doesNotMatch(text, /NaN|undefined|Infinity/);
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(text).map(Number);
  for (const [, name, value] of text.matchAll(/ (x|x1|x2|cx|y|y1|y2|cy|width|height)="([^"]*)"/g)) {
    assert.ok(Number(value) >= 0 && Number(value) <= (/x|width/.test(name) ? width : height), `${name} is ${value}`);
  }
}

const PARTS = Array.from({ length: 30 }, (_, index) => ({ group: index < 20 ? 'c' : 'data', name: `part ${index}`, bytes: 1000 + index }));

test('charts are well formed', () => {
  const drawn = charts({ ...record, parts: PARTS });
  assert.deepEqual(Object.keys(drawn), ['means.svg', 'programs.svg', 'sizes.svg', 'parts.svg']);
  assert.match(drawn['parts.svg'], /6 more have 6\.0 KB together/);
  for (const text of Object.values(drawn)) assertWellFormed(text);
});

test('the check of charts finds what is wrong with one', () => {
  const whole = picture({ width: 10, height: 10, title: 'a < b', description: '&', parts: [label(1, 2, '"x"')] });
  assertWellFormed(whole);
  for (const [from, to] of [['</text>', ''], ['x="1"', 'x="11"'], ['x="1"', 'x="NaN"'], ['&quot;x', '<x'], ['&amp;', '&']]) {
    assert.notEqual(whole.replace(from, to), whole);
    assert.throws(() => assertWellFormed(whole.replace(from, to)), `${from} to ${to}`);
  }
});

test('a bar runs from left to right, whichever end comes first', () => {
  assert.equal(bar({ from: 30, to: 10, y: 1, height: 2, classes: 'good' }), bar({ from: 10, to: 30, y: 1, height: 2, classes: 'good' }));
  assert.match(bar({ from: 30, to: 10, y: 1, height: 2, classes: 'good', hint: 'a' }), /x="10".* width="20".*<title>a<\/title>/);
});

test('what is asked for wrongly is a usage error that says so', () => {
  assert.deepEqual(choose('engine', 'b,a,,b', ['a', 'b']), ['b', 'a']);
  assert.throws(() => choose('engine', 'a,c,d', ['a', 'b']), { constructor: UsageError, message: 'no such engine: c, d; there are: a, b' });
  assert.throws(() => choose('engine', ',', ['a']), UsageError);
  assert.equal(wholeNumber('rounds', '12'), 12);
  for (const text of ['0', '-1', '1.5', '', 'many']) assert.throws(() => wholeNumber('rounds', text), UsageError);
});

test('a worker answers in one line and ends what it began', async () => {
  let closed = 0;
  const load = (run) => async () => ({ run, close: () => { closed += 1; } });
  assert.match(await answer('', load(() => 'a\n b')), /^OK \d+ a b$/);
  assert.equal(await answer('', load(() => { throw new Error('one\ntwo'); })), 'ERR one two');
  assert.equal(closed, 2);
  assert.equal(await answer('', async () => { throw new Error('no state'); }), 'ERR no state');
  assert.equal(closed, 2);
});
