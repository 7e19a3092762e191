// The conformance kit on host-js in Node: the host meets every clause, hosts that break the contract do not, and the files are what the
// recorder writes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClauses, recorded } from '../conformance/files.mjs';
import { BROKEN_HOSTS } from '../conformance/js/broken.mjs';
import { fromHex, hash, toHex } from '../conformance/js/bytes.mjs';
import { parse } from '../conformance/js/kit.mjs';
import { linesOfReport, runKit } from '../conformance/js/report.mjs';

test('host-js meets every clause', async (t) => {
  const report = await runKit(readClauses());
  assert.equal(report.failed, 0, linesOfReport(report).join('\n'));
  assert.ok(report.clauses.length >= 29 && report.passed > 900, `${report.clauses.length} clauses, ${report.passed} cases`);
  t.diagnostic(`${report.passed} cases`);
});

test('the files are what the recorder writes: node tests/conformance/record.mjs', async () => {
  for (const { name, text, file } of await recorded()) assert.equal(text, file, `${name}.txt`);
});

for (const [what, { clauses, change }] of Object.entries(BROKEN_HOSTS)) {
  test(`a host does not pass that ${what}`, async () => {
    for (const clause of clauses) {
      const report = await runKit(readClauses([clause]), { change });
      assert.ok(report.failed > 0, `it meets ${clause}`);
      assert.match(linesOfReport(report).join('\n'), new RegExp(`^${clause} ${report.passed} of ${report.passed + report.failed}\\n  ${clause}\\.txt:\\d+: `));
    }
  });
}

test('the kit is less than a megabyte', () => {
  const bytes = readClauses().reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(bytes < 1_000_000, `${bytes} bytes`);
});

test('a file that is no clause is refused with its line', () => {
  for (const [text, message] of [
    ['  text', 'x:1: text belongs to no step'],
    ['case a\nopen\n  text', 'x:3: text belongs to no step'],
    ['case a\nrum\n', "x:2: 'rum' is neither a step nor an expectation"],
    ['used 5', 'x:1: nothing stands in front of the expectation'],
    ['open', 'x:1: there is no case yet'],
    ['case a\nopen  b', 'x:2: words are separated by one blank'],
  ]) {
    assert.throws(() => parse(text, 'x'), (error) => error instanceof SyntaxError && error.message.startsWith(message), text);
  }
  assert.throws(() => fromHex('0'), /is no hexadecimal/);
});

test('bytes in pieces, and the hash', () => {
  assert.equal(toHex(fromHex('a0b1+61*3+00')), 'a0b161616100');
  assert.equal(toHex(fromHex('-')), '-');
  // Of the authors of FNV.
  const of = (text) => hash(new TextEncoder().encode(text));
  assert.deepEqual([of(''), of('a'), of('foobar')], ['cbf29ce484222325', 'af63dc4c8601ec8c', '85944171f73967e8']);
});
